// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/shared/topic_feed.h"

#include <optional>
#include <utility>

#include "gateway/relay/failure/stream_failures.h"
#include "gateway/sse/event_id.h"
#include "gateway/transcode/wire/wire_field.h"

namespace sluice {
namespace {

OwnEvents::Options OwnOptions(const StreamPolicy& policy, Format format) {
  return {.format = format,
          .heartbeat_event = policy.heartbeat_event,
          .retry = policy.retry,
          .end_retry = policy.end_retry};
}

}  // namespace

TopicOptions TopicOptionsOf(const RoutePlan& plan, Format format) {
  const StreamPolicy& policy = plan.route.policy;
  const SharePolicy& share = *policy.share;
  absl::BitGen random;
  const bool sse = format == Format::kSse;
  return {
      .log = {.max_events = share.history_events,
              .max_bytes = share.history_bytes,
              .max_age = share.history_age,
              .ids = policy.id_field.empty() ? EventLog::Ids::kNumbered : EventLog::Ids::kAuthors},
      .on_gap = share.on_gap == sluice::v1::Share::LIVE ? EventLog::OnGap::kLive
                                                        : EventLog::OnGap::kOldest,
      .start_with_last = share.start_with_last,
      .linger = share.linger,
      .reopen_min = share.reopen_min,
      .reopen_max = share.reopen_max,
      .give_up = share.give_up,
      .latest = share.slow == sluice::v1::Share::LATEST,
      .presence = share.presence && sse,
      .can_resume = !policy.id_field.empty() && !policy.resume_field.empty(),
      .endless = policy.endless,
      .window = {.entry_end = sse ? "\n\n" : "\n",
                 .heartbeat = sse ? policy.heartbeat : absl::ZeroDuration(),
                 .heartbeat_bytes = OwnEvents(OwnOptions(policy, format), random).Heartbeat()}};
}

TopicFeed::TopicFeed(Request request, Topic& topic, const Home& home)
    : snapshot_(std::move(request.snapshot)),
      plan_(*request.plan),
      form_{.format = request.format, .unnamed_events = request.unnamed_events},
      request_(std::move(request.call)),
      message_(std::move(request.message)),
      topic_(topic),
      home_(home),
      own_(OwnOptions(plan_.route.policy, form_.format), home.scratch.random) {}

TopicFeed::~TopicFeed() { Close(); }

bool TopicFeed::Open(absl::string_view resume_after) {
  CallRequest request = request_;
  request.message = *message_;
  bool resumes = false;
  const std::optional<std::string> value = UnescapeEventId(resume_after);
  if (value.has_value()) {
    // A field that comes later wins, so the rest of the request need not be read again.
    RequestMessage resume(plan_.request);
    resumes = resume.SetResume(*value);
    if (resumes) request.message += resume.Serialize();
    request.metadata.emplace_back("last-event-id", std::string(resume_after));
  }
  call_ = plan_.upstream->Open(std::move(request), *this, home_.loop);
  return resumes;
}

void TopicFeed::OnHeaders() {
  plan_.NoteAccepted();
  topic_.Accepted();
}

void TopicFeed::OnMessage(absl::string_view wire) {
  const absl::Status status = AppendEvent(wire);
  if (!status.ok()) {
    plan_.failures().NoteUnreadable(status, home_.loop.clock().Now());
    if (policy().bad_message == sluice::v1::StreamOptions::END) {
      Close();
      return EndTopic(UnreadableEnd(status));
    }
    AppendGapFor(wire);
  }
  home_.scratch.Clear();
  call_->Release(ReceivedBytes(wire));
}

// In the place of a message that has no JSON, of which the scratch event has what can be read.
void TopicFeed::AppendGapFor(absl::string_view wire) {
  topic_.Accepted();
  const TranscodedEvent& event = home_.scratch.event;
  const std::string id = policy().id_field.empty() ? topic_.NextId() : plan_.IdOf(event);
  const FieldPath& key = policy().share->key_field;
  topic_.AppendGap({.from = topic_.log().last_id(), .to = id, .reason = kUnreadable}, id,
                   key.empty() ? std::nullopt : WireFieldText(wire, key));
}

absl::Status TopicFeed::AppendEvent(absl::string_view wire) {
  TranscodedEvent& event = home_.scratch.event;
  // The first message of an RPC says that it is accepted, once it is known to be one, and before
  // the id is asked for: that may begin an epoch.
  const bool first = !topic_.accepted();
  absl::Status status =
      first ? plan_.response.Transcode(wire, event) : plan_.response.Describe(wire, event);
  if (!status.ok()) return status;
  if (first) event.is_complete = true;
  topic_.Accepted();
  const std::string id = policy().id_field.empty() ? topic_.NextId() : plan_.IdOf(event);
  OutputBuffer tail = topic_.Tail();
  status = WriteFrame(form_, {plan_.response, wire}, event, id, tail);
  if (!status.ok()) return status;
  const FieldPath* key = policy().share->key_field.empty() ? nullptr : &policy().share->key_field;
  topic_.AppendTail(tail, id, key == nullptr ? "" : WireFieldText(wire, *key).value_or(""));
  home_.meter.event_bytes.Add(static_cast<int64_t>(tail.size()));
  plan_.NoteSize(tail.size());
  plan_.NoteUnknownFields(event.unknown_fields);
  return status;
}

void TopicFeed::EndCall(absl::StatusCode code) {
  if (call_ == nullptr) return;
  call_.reset();
  plan_.meter.OnLoop(home_.meter.number).CountCall(code);
}

void TopicFeed::OnEnd(const RpcStatus& status) {
  EndCall(status.code);
  plan_.NoteEnd(status.code);
  if (!status.ok()) plan_.failures().NoteEnd(status, home_.loop.clock().Now());
  EndTopic(status);
}

void TopicFeed::EndTopic(const RpcStatus& status) {
  TopicEnd end{.status = status, .details_json = "[]", .retryable = false, .last_id = ""};
  if (!status.ok()) {
    end.details_json = StatusDetailsJson(status.details, plan_.response.types());
    end.retryable = snapshot_->IsRetryable(status);
    end.service_pause = ServicePause(status);
  }
  topic_.Ended(std::move(end));
}

std::string TopicFeed::GapFrame(const Gap& gap, absl::string_view id) {
  return own_.GapEvent({.from = gap.from, .to = gap.to, .reason = gap.reason, .id = id});
}

}  // namespace sluice
