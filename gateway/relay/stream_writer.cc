// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/stream_writer.h"

#include <optional>

#include "absl/strings/str_cat.h"
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

std::optional<absl::string_view> IdOrNone(absl::string_view id) {
  if (id.empty()) return std::nullopt;
  return id;
}

}  // namespace

absl::Duration Jittered(absl::Duration duration, absl::BitGen& random) {
  return duration * absl::Uniform(random, 0.75, 1.25);
}

StreamWriter::StreamWriter(const Options& options, ByteLog& log, Workbench& workbench)
    : options_(options), log_(log), workbench_(workbench) {}

void StreamWriter::Open(absl::string_view stream_name, Resume resume, absl::string_view cursor) {
  if (options_.format != Format::kSse) return;
  AppendSse(Jittered(options_.retry, workbench_.random), "stream-open",
            absl::StrCat("{\"stream\":", JsonString(stream_name), ",\"resume\":\"",
                         ResumeName(resume), "\"}"),
            resume == Resume::kResumed ? cursor : "");
}

size_t StreamWriter::Event(const TranscodedEvent& event, absl::string_view id) {
  std::string& frame = workbench_.frame;
  frame.clear();
  if (options_.format == Format::kSse) {
    AppendEvent({.retry = std::nullopt,
                 .name = options_.unnamed_events ? absl::string_view() : event.name,
                 .data = event.data,
                 .id = IdOrNone(id)},
                frame);
  } else if (options_.raw_text) {
    absl::StrAppend(&frame, JsonString(event.data), "\n");
  } else {
    absl::StrAppend(&frame, event.data, "\n");
  }
  log_.Append(frame);
  return frame.size();
}

absl::StatusOr<size_t> StreamWriter::Event(const Message& message, TranscodedEvent& event,
                                           absl::string_view id) {
  if (event.is_complete) return Event(event, id);
  OutputBuffer tail = log_.Tail();
  const bool is_sse = options_.format == Format::kSse;
  if (is_sse) BeginEvent(options_.unnamed_events ? absl::string_view() : event.name, tail);
  const absl::Status status = message.response.WriteJson(message.wire, event, tail);
  if (!status.ok()) return status;
  if (is_sse) {
    EndEvent(id, tail);
  } else {
    tail.Append("\n");
  }
  log_.AppendTail(tail);
  return tail.size();
}

void StreamWriter::Heartbeat() {
  if (options_.format != Format::kSse) return;
  if (!options_.heartbeat_event) {
    log_.Append(kSseHeartbeat);
    return;
  }
  workbench_.frame.clear();
  AppendEvent({.retry = std::nullopt, .name = "stream-heartbeat", .data = "{}", .id = std::nullopt},
              workbench_.frame);
  log_.Append(workbench_.frame);
}

void StreamWriter::End(absl::string_view end_id) {
  if (options_.format != Format::kSse) return;
  AppendSse(Jittered(options_.end_retry, workbench_.random), "stream-end",
            "{\"code\":0,\"status\":\"OK\"}", end_id);
}

void StreamWriter::Fail(const StreamFailure& failure, absl::string_view end_id) {
  const std::string members = StatusMembers(failure.status, failure.details_json);
  if (options_.format != Format::kSse) {
    log_.Append(absl::StrCat("{\"error\":{", members, "}}\n"));
    return;
  }
  std::string json =
      absl::StrCat("{", members, ",\"retryable\":", failure.retryable ? "true" : "false");
  if (!failure.reason.empty()) absl::StrAppend(&json, ",\"reason\":\"", failure.reason, "\"");
  json += '}';
  // 8/3 of `retry`, so that it is at least twice `retry` when the jitter has taken its quarter.
  const absl::Duration retry = failure.retryable ? options_.retry * 8 / 3 : options_.end_retry;
  AppendSse(Jittered(retry, workbench_.random), "stream-error", json,
            failure.retryable ? absl::string_view() : end_id);
}

void StreamWriter::AppendSse(absl::Duration retry, absl::string_view name, absl::string_view json,
                             absl::string_view id) {
  workbench_.frame.clear();
  AppendEvent({.retry = retry, .name = name, .data = json, .id = IdOrNone(id)}, workbench_.frame);
  log_.Append(workbench_.frame);
}

}  // namespace sluice
