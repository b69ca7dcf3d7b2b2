// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_policy.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gateway/base/text/shown.h"
#include "gateway/base/text/utf8.h"
#include "gateway/config/config_values.h"
#include "gateway/route/option_reader.h"
#include "gateway/route/share_policy.h"
#include "gateway/route/stream_merge.h"
#include "gateway/sse/event_name.h"
#include "google/protobuf/descriptor.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using sluice::v1::StreamOptions;

constexpr absl::Duration kLongest = absl::Hours(24 * 365);
// The raised and jittered time of a browser must stay below 2^31 ms, or its timer fires at once.
constexpr absl::Duration kLongestRetry = absl::Hours(24 * 7);
constexpr absl::Duration kShortest = absl::Milliseconds(1);

constexpr absl::string_view kBlank = " \t";

void CheckEventName(OptionReader& check) {
  const std::string& name = check.options().event_name();
  if (name.empty()) {
    check.Report("event_name", "is empty; for events without a name say `event: NONE`");
  }
  if (name.find_first_of("\r\n\0", 0, 3) != std::string::npos) {
    check.Report("event_name", "holds CR, LF or NUL, which an event's name cannot");
  }
  // A parser that the specification binds takes away one space, and many others all of them.
  if (!name.empty() &&
      (kBlank.find(name.front()) != kBlank.npos || kBlank.find(name.back()) != kBlank.npos)) {
    check.Report("event_name", "begins or ends with a space, which not every client keeps");
  }
  if (!IsValidUtf8(name)) {
    check.Report("event_name", "is not UTF-8, which a stream of events must be");
  }
  if (IsSluicesName(name)) {
    check.Report("event_name", absl::StrCat("\"", Shown(name),
                                            "\" begins with stream-, as the names of Sluice's own "
                                            "events do; choose another"));
  }
  if (IsEventSourcesName(name)) {
    check.Report(
        "event_name",
        absl::StrCat("\"", name,
                     "\" means something else to EventSource, so that no page could listen "
                     "to it; choose another",
                     name == "message" ? ", or say `event: NONE`" : ""));
  }
}

void CheckOneof(OptionReader& check) {
  const Descriptor& response = *check.method().descriptor->output_type();
  const int count = response.real_oneof_decl_count();
  if (count == 1) return;
  check.Report("event", absl::StrCat("is ONEOF, but ", response.full_name(), " has ",
                                     count == 0 ? "no oneof" : absl::StrCat(count, " oneofs"),
                                     "; it needs exactly one"));
}

void ResolveEvent(OptionReader& check, StreamPolicy& policy) {
  const StreamOptions& options = check.options();
  if (options.has_event_name()) {
    CheckEventName(check);
    policy.event_name = options.event_name();
    return;
  }
  if (options.event() == StreamOptions::ONEOF) CheckOneof(check);
  policy.event = options.event();
}

void ResolveFields(OptionReader& check, StreamPolicy& policy) {
  const StreamOptions& options = check.options();
  const Descriptor& request = *check.method().descriptor->input_type();
  const Descriptor& response = *check.method().descriptor->output_type();
  if (options.has_id_field()) {
    policy.id_field =
        check.TakePath("id_field", response, options.id_field(), OptionReader::Target::kId);
  }
  if (options.has_resume_field()) {
    policy.resume_field = check.TakePath("resume_field", request, options.resume_field(),
                                         OptionReader::Target::kResume);
  }
  for (const std::string& path : options.required()) {
    FieldPath resolved = check.TakePath("required", request, path, OptionReader::Target::kAnything);
    if (!resolved.empty()) policy.required.push_back(std::move(resolved));
  }
}

void ResolveTimes(OptionReader& check, StreamPolicy& policy) {
  const StreamOptions& options = check.options();
  const OptionReader::Range of_retry = {kShortest, kLongestRetry};
  policy.retry = check.TakeDuration("retry", options.retry(), of_retry);
  policy.end_retry = check.TakeDuration("end_retry", options.end_retry(), of_retry);
  if (options.has_max_age()) {
    policy.max_age = check.TakeDuration("max_age", options.max_age(), {kShortest, kLongest});
  }
  const google::protobuf::Duration& heartbeat = options.heartbeat();
  if (heartbeat.seconds() != 0 || heartbeat.nanos() != 0) {
    policy.heartbeat = check.TakeDuration("heartbeat", heartbeat,
                                          {absl::Seconds(1), kLongest, "0s for none, or "});
  }
}

}  // namespace

StreamPolicy ResolveMergedPolicy(const Method& method, const StreamMerge& merge,
                                 Problems& problems) {
  OptionReader check(method, merge, problems);
  StreamPolicy policy;
  for (const Problem& problem : merge.problems()) problems.push_back(problem);
  if (!method.server_streaming() && merge.options().ByteSizeLong() > 0) {
    check.Report("stream", "stream options on a method that answers once; remove them");
    return policy;
  }
  ResolveEvent(check, policy);
  ResolveFields(check, policy);
  ResolveTimes(check, policy);
  policy.share = ResolveShare(check);
  policy.endless = check.options().endless();
  policy.heartbeat_event = check.options().heartbeat_event();
  policy.json = check.options().json();
  policy.unknown_any = check.options().unknown_any();
  policy.bad_message = check.options().bad_message();
  return policy;
}

StreamPolicy ResolveStreamPolicy(const Method& method, const StreamOptions& options,
                                 Problems& problems) {
  StreamMerge merge;
  merge.Add(method.full_name, options);
  return ResolveMergedPolicy(method, merge, problems);
}

absl::Duration DefaultRetry() {
  static const absl::Duration retry = ToDuration(StreamMerge().WithPresets().retry());
  return retry;
}

}  // namespace sluice
