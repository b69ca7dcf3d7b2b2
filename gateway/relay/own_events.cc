// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/own_events.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/json_string.h"
#include "gateway/http/rpc_error.h"
#include "gateway/sse/frame.h"

namespace sluice {
namespace {

absl::string_view ResumeName(Resume resume) {
  switch (resume) {
    case Resume::kFresh:
      return "fresh";
    case Resume::kResumed:
      return "resumed";
    case Resume::kGap:
      return "gap";
  }
  return "";
}

struct Block {
  std::optional<absl::Duration> retry;
  absl::string_view name;
  absl::string_view json;
  absl::string_view id;
};

std::string ToText(const Block& block) {
  OutputBuffer text;
  AppendEvent({.retry = block.retry,
               .name = block.name,
               .data = block.json,
               .id = block.id.empty() ? std::nullopt : std::optional(block.id)},
              text);
  return std::string(text.written());
}

std::string JsonOrNull(absl::string_view id) { return id.empty() ? "null" : JsonString(id); }

}  // namespace

absl::Duration Jittered(absl::Duration duration, absl::BitGen& random) {
  return duration * absl::Uniform(random, 0.75, 1.25);
}

absl::Duration GrownPause(absl::Duration pause, int times) {
  const absl::Duration longest = std::max(pause, kLongestPause);
  for (int i = 1; i < times && pause < longest; ++i) pause = std::min(2 * pause, longest);
  return pause;
}

absl::Duration PauseAfter(const StreamFailure& failure, absl::Duration retry) {
  // 8/3 of `retry`, so that it is at least twice `retry` when the jitter has taken its quarter.
  const absl::Duration pause = GrownPause(retry * 8 / 3, failure.failures);
  // What the service asks for is the least, so the jitter only adds to it.
  return std::max(pause, failure.service_pause * 4 / 3);
}

OwnEvents::OwnEvents(const Options& options, absl::BitGen& random)
    : options_(options), random_(random) {}

std::string OwnEvents::Open(absl::string_view stream_name, Resume resume, absl::string_view id) {
  if (options_.format != Format::kSse) return "";
  const std::string json = absl::StrCat("{\"stream\":", JsonString(stream_name), ",\"resume\":\"",
                                        ResumeName(resume), "\"}");
  return ToText(
      {.retry = Jittered(options_.retry, random_), .name = "stream-open", .json = json, .id = id});
}

std::string OwnEvents::GapEvent(const Gap& gap) {
  if (options_.format != Format::kSse) return "";
  const std::string json =
      absl::StrCat("{\"from\":", JsonOrNull(gap.from), ",\"to\":", JsonOrNull(gap.to),
                   ",\"reason\":", JsonString(gap.reason), "}");
  return ToText({.retry = std::nullopt, .name = "stream-gap", .json = json, .id = gap.id});
}

std::string OwnEvents::Presence(size_t subscribers) {
  if (options_.format != Format::kSse) return "";
  const std::string json = absl::StrCat("{\"subscribers\":", subscribers, "}");
  return ToText({.retry = std::nullopt, .name = "stream-presence", .json = json, .id = ""});
}

std::string OwnEvents::Heartbeat() {
  if (options_.format != Format::kSse) return "";
  if (!options_.heartbeat_event) return std::string(kSseHeartbeat);
  return ToText({.retry = std::nullopt, .name = "stream-heartbeat", .json = "{}", .id = ""});
}

std::string OwnEvents::End(absl::string_view end_id, int times) {
  if (options_.format != Format::kSse) return "";
  return ToText({.retry = Jittered(GrownPause(options_.end_retry, times), random_),
                 .name = "stream-end",
                 .json = "{\"code\":0,\"status\":\"OK\"}",
                 .id = end_id});
}

std::string OwnEvents::Fail(const StreamFailure& failure, absl::string_view end_id) {
  const std::string members = StatusMembers(failure.status, failure.details_json);
  if (options_.format != Format::kSse) return absl::StrCat("{\"error\":{", members, "}}\n");
  std::string json =
      absl::StrCat("{", members, ",\"retryable\":", failure.retryable ? "true" : "false");
  if (!failure.reason.empty()) absl::StrAppend(&json, ",\"reason\":\"", failure.reason, "\"");
  json += '}';
  const absl::Duration retry =
      failure.retryable ? PauseAfter(failure, options_.retry) : options_.end_retry;
  return ToText({.retry = Jittered(retry, random_),
                 .name = "stream-error",
                 .json = json,
                 .id = failure.retryable ? absl::string_view() : end_id});
}

}  // namespace sluice
