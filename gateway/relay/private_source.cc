// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/private_source.h"

#include <utility>

#include "gateway/http/error_response.h"
#include "gateway/relay/event_frame.h"
#include "gateway/relay/failure/stream_failures.h"
#include "gateway/relay/refusal_response.h"
#include "gateway/relay/stream.h"

namespace sluice {

PrivateSource::~PrivateSource() = default;

void PrivateSource::Start() {
  stream_.body().TellWhenTaken();
  BuiltCall& built = stream_.built();
  unnamed_events_ = built.unnamed_events;
  call_ = stream_.plan().upstream->Open(std::move(built.call), *this, stream_.services().loop);
}

void PrivateSource::Stop() { call_.reset(); }

void PrivateSource::OnHeaders() {
  NoteAccepted();
  stream_.plan().NoteAccepted();
  if (stream_.state() == Stream::State::kWaiting) OpenStream();
}

void PrivateSource::OnMessage(absl::string_view wire) {
  NoteAccepted();
  if (stream_.state() == Stream::State::kWaiting) OpenStream();
  if (stream_.state() != Stream::State::kOpen || !AppendEvent(wire)) return;
  unreleased_bytes_ += ReceivedBytes(wire);
  ReleaseWhatFits();
}

void PrivateSource::OnEnd(const RpcStatus& status) {
  call_.reset();
  if (!status.ok()) stream_.plan().failures().NoteEnd(status, stream_.Now());
  stream_.record().CallEnded(status.code);
  stream_.plan().NoteEnd(status.code);
  if (!status.ok()) return Fail(status);
  if (stream_.state() == Stream::State::kWaiting) OpenStream();
  stream_.End({last_id_, stream_.Now() - accepted_at_});
}

void PrivateSource::NoteAccepted() {
  if (accepted_at_ == absl::InfiniteFuture()) accepted_at_ = stream_.Now();
}

void PrivateSource::OnGraceOver() { OpenStream(); }

void PrivateSource::OpenStream() {
  const BuiltCall& built = stream_.built();
  const Resume resume = built.resume;
  if (resume == Resume::kResumed) last_id_ = built.last_event_id;
  stream_.Open({.resume = resume, .id = last_id_, .events = ""});
  last_activity_ = stream_.Now();
  const absl::Duration heartbeat = stream_.policy().heartbeat;
  if (stream_.format() == Format::kSse && heartbeat > absl::ZeroDuration()) {
    stream_.ArmTimer(heartbeat);
  }
}

// True if the event is in the body, or a gap in its place.
bool PrivateSource::AppendEvent(absl::string_view wire) {
  const absl::StatusOr<size_t> frame_bytes = WriteEvent(wire);
  if (!frame_bytes.ok()) return SkipUnreadable(frame_bytes.status());
  stream_.record().Event(*frame_bytes);
  stream_.plan().NoteSize(*frame_bytes);
  stream_.body().Publish();
  last_activity_ = stream_.Now();
  return true;
}

// Returns the bytes written, straight to where they lie until they are sent.
absl::StatusOr<size_t> PrivateSource::WriteEvent(absl::string_view wire) {
  const RoutePlan& plan = stream_.plan();
  EventScratch& scratch = stream_.services().scratch;
  TranscodedEvent& event = scratch.event;
  absl::Status status = plan.response.Describe(wire, event);
  if (!status.ok()) return status;
  std::string id = stream_.format() == Format::kSse ? plan.IdOf(event) : "";
  const EventForm form{.format = stream_.format(), .unnamed_events = unnamed_events_};
  OutputBuffer tail = stream_.body().Tail();
  status = WriteFrame(form, {plan.response, wire}, event, id, tail);
  scratch.Clear();
  if (!status.ok()) return status;
  stream_.body().AppendTail(tail);
  plan.NoteUnknownFields(event.unknown_fields);
  // A browser must not be told to go on after an event that it has not got.
  if (!id.empty()) last_id_ = std::move(id);
  return tail.size();
}

// One event that nobody can read is not to cost those that follow. Nor is it to be met again: where
// its id can be read, the browser holds it from now on.
bool PrivateSource::SkipUnreadable(const absl::Status& fault) {
  const RoutePlan& plan = stream_.plan();
  EventScratch& scratch = stream_.services().scratch;
  plan.failures().NoteUnreadable(fault, stream_.Now());
  const std::string id = stream_.format() == Format::kSse ? plan.IdOf(scratch.event) : "";
  scratch.Clear();
  if (stream_.policy().bad_message == sluice::v1::StreamOptions::END) {
    Fail(UnreadableEnd(fault));
    return false;
  }
  stream_.body().Append(
      stream_.own_events().GapEvent({.from = last_id_, .to = id, .reason = kUnreadable, .id = id}));
  if (!id.empty()) last_id_ = id;
  stream_.body().Publish();
  last_activity_ = stream_.Now();
  return true;
}

void PrivateSource::Fail(const RpcStatus& status) {
  stream_.Fail({.status = status,
                .details_json = StatusDetailsJson(status.details, stream_.plan().response.types()),
                .retryable = stream_.snapshot()->IsRetryable(status),
                .service_pause = ServicePause(status)},
               {last_id_, stream_.Now() - accepted_at_});
}

// While bytes wait in the body the connection is not silent but blocked, and more would not help.
void PrivateSource::OnTimer() {
  const absl::Duration heartbeat = stream_.policy().heartbeat;
  if (stream_.Now() - last_activity_ >= heartbeat && stream_.body().idle()) {
    stream_.Beat();
  }
  const absl::Duration rest = heartbeat - (stream_.Now() - last_activity_);
  stream_.ArmTimer(rest > absl::ZeroDuration() ? rest : heartbeat);
}

void PrivateSource::OnBeat() { last_activity_ = stream_.Now(); }

void PrivateSource::OnAttention(Body::Need need) {
  if (need == Body::Need::kTaken) ReleaseWhatFits();
}

void PrivateSource::ReleaseWhatFits() {
  const uint64_t unsent_bytes = stream_.body().unsent_bytes();
  stream_.record().HoldBytes(unsent_bytes);
  if (call_ == nullptr || unreleased_bytes_ == 0) return;
  if (unsent_bytes > stream_.snapshot()->options().stream_buffer_bytes) return;
  call_->Release(std::exchange(unreleased_bytes_, 0));
}

}  // namespace sluice
