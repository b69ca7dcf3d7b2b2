// SPDX-License-Identifier: Apache-2.0
// A private stream is a small state machine between two parties that may each go away at any time.
// What keeps it simple: every way to end goes through EndClean, EndOpen or Finish, and dropping
// `call_` is all it takes to cancel the RPC.
#include "gateway/relay/private_stream.h"

#include <utility>

#include "gateway/http/error_response.h"
#include "gateway/relay/failure/stream_failures.h"
#include "gateway/relay/refusal_response.h"
#include "gateway/sse/event_id.h"

namespace sluice {
namespace {

StreamWriter::Options WriterOptions(const RoutePlan& plan, Format format, const BuiltCall& built) {
  const StreamPolicy& policy = plan.route.policy;
  return {.form = {.format = format, .unnamed_events = built.unnamed_events},
          .heartbeat_event = policy.heartbeat_event,
          .retry = policy.retry,
          .end_retry = policy.end_retry};
}

}  // namespace

PrivateStream::PrivateStream(Request request, std::unique_ptr<Exchange> exchange, Loop& loop,
                             EventScratch& scratch)
    : snapshot_(std::move(request.snapshot)),
      plan_(*request.plan),
      format_(request.format),
      streak_(snapshot_->retries(), request.built, loop.clock().Now()),
      built_(std::move(request.built)),
      head_(std::move(request.head)),
      loop_(loop),
      scratch_(scratch),
      body_(Body::Attention::Of<&PrivateStream::OnAttention>(*this)),
      writer_(WriterOptions(plan_, format_, built_), body_, scratch),
      exchange_(std::move(exchange)),
      record_(plan_, exchange_->request(), request.place),
      timer_(loop.timers(), [this] { OnTimer(); }) {}

PrivateStream::~PrivateStream() = default;

void PrivateStream::Start(absl::AnyInvocable<void(PrivateStream*)> done) {
  done_ = std::move(done);
  exchange_->SetListener(Exchange::Listener::Of<&PrivateStream::OnExchange>(*this));
  body_.TellWhenTaken();
  timer_.Arm(snapshot_->options().open_grace);
  call_ = plan_.upstream->Open(std::move(built_.call), *this, loop_);
}

void PrivateStream::OnHeaders() {
  NoteAccepted();
  plan_.NoteAccepted();
  if (state_ == State::kWaiting) CommitHead();
}

void PrivateStream::OnMessage(absl::string_view wire) {
  NoteAccepted();
  if (state_ == State::kWaiting) CommitHead();
  if (state_ != State::kOpen || !AppendEvent(wire)) return;
  unreleased_bytes_ += ReceivedBytes(wire);
  ReleaseWhatFits();
}

void PrivateStream::NoteAccepted() {
  if (accepted_at_ == absl::InfiniteFuture()) accepted_at_ = loop_.clock().Now();
}

void PrivateStream::OnEnd(const RpcStatus& status) {
  call_.reset();
  if (!status.ok()) plan_.failures().NoteEnd(status, loop_.clock().Now());
  record_.CallEnded(status.code);
  plan_.NoteEnd(status.code);
  if (state_ != State::kWaiting && state_ != State::kOpen) return;
  if (!status.ok()) {
    Fail(FailureOf(status));
    return;
  }
  if (state_ == State::kWaiting) CommitHead();
  EndWell();
}

void PrivateStream::SayGoodbye(absl::string_view reason, absl::string_view message) {
  if (state_ != State::kWaiting && state_ != State::kOpen) return;
  Fail({.status = {.code = absl::StatusCode::kUnavailable, .message = std::string(message)},
        .reason = reason});
}

// The head and `stream-open` go out together, so that `onopen` and the first event come at once.
void PrivateStream::CommitHead() {
  StartBody();
  state_ = State::kOpen;
  writer_.Open(plan_.stream_name, built_.resume, built_.last_event_id);
  if (built_.resume == Resume::kResumed) last_id_ = built_.last_event_id;
  if (beat_after_head_) writer_.Heartbeat();
  body_.Publish();
  last_activity_ = loop_.clock().Now();
  timer_.Disarm();
  if (format_ == Format::kSse && policy().heartbeat > absl::ZeroDuration()) {
    timer_.Arm(policy().heartbeat);
  }
  if (policy().max_age != absl::InfiniteDuration()) {
    max_age_.emplace(loop_.timers(), [this] {
      SayGoodbye("max_age", "the stream has reached its greatest age; come back for a new one");
    });
    max_age_->Arm(policy().max_age * absl::Uniform(scratch_.random, 0.9, 1.1));
  }
}

// A POST may have brought a mebibyte, which is not to lie there for as long as the stream lasts.
void PrivateStream::StartBody() {
  exchange_->StartBody(std::move(head_), body_);
  record_.HeadSent();
  record_.ForgetRequest();
  exchange_->ForgetRequest();
}

bool PrivateStream::AppendEvent(absl::string_view wire) {
  const absl::StatusOr<size_t> frame_bytes = WriteEvent(wire);
  if (!frame_bytes.ok()) return SkipUnreadable(frame_bytes.status());
  has_events_ = true;
  record_.Event(*frame_bytes);
  plan_.NoteSize(*frame_bytes);
  body_.Publish();
  last_activity_ = loop_.clock().Now();
  return true;
}

absl::StatusOr<size_t> PrivateStream::WriteEvent(absl::string_view wire) {
  TranscodedEvent& event = scratch_.event;
  const absl::Status status = plan_.response.Describe(wire, event);
  if (!status.ok()) return status;
  std::string id = format_ == Format::kSse ? plan_.IdOf(event) : "";
  absl::StatusOr<size_t> frame_bytes = writer_.Event({plan_.response, wire}, event, id);
  scratch_.Clear();
  plan_.NoteUnknownFields(event.unknown_fields);
  // A browser must not be told to go on after an event that it has not got.
  if (frame_bytes.ok() && !id.empty()) last_id_ = std::move(id);
  return frame_bytes;
}

// One event that nobody can read is not to cost those that follow. Nor is it to be met again: where
// its id can be read, the browser holds it from now on.
bool PrivateStream::SkipUnreadable(const absl::Status& fault) {
  plan_.failures().NoteUnreadable(fault, loop_.clock().Now());
  const std::string id = format_ == Format::kSse ? plan_.IdOf(scratch_.event) : "";
  scratch_.Clear();
  if (policy().bad_message == sluice::v1::StreamOptions::END) {
    Fail(FailureOf(UnreadableEnd(fault)));
    return false;
  }
  writer_.TellGap({.from = last_id_, .to = id, .reason = kUnreadable, .id = id});
  if (!id.empty()) last_id_ = id;
  body_.Publish();
  last_activity_ = loop_.clock().Now();
  return true;
}

int PrivateStream::TimesInARow() {
  const absl::Time now = loop_.clock().Now();
  return streak_.Failed({last_id_, now - accepted_at_}, now);
}

void PrivateStream::EndWell() {
  record_.Ended(StreamEnd::kOk, RpcStatus());
  if (policy().endless) {
    writer_.End("", has_events_ ? 1 : TimesInARow());
  } else {
    writer_.End(EndId(last_id_));
  }
  if (policy().endless && format_ == Format::kSse) {
    EndOpen();
  } else {
    EndClean();
  }
}

void PrivateStream::Fail(StreamFailure failure) {
  call_.reset();
  if (failure.retryable && failure.reason.empty()) {
    failure.failures = TimesInARow();
  }
  if (state_ == State::kWaiting) {
    if (!failure.retryable || format_ != Format::kSse) {
      RefuseBeforeHead(failure);
      return;
    }
    // EventSource stops for ever on any status but 200, so what may pass is told inside of one.
    StartBody();
  }
  record_.Ended(failure.reason.empty() ? StreamEnd::kFailed : StreamEndOf(failure.reason),
                failure.status);
  writer_.Fail(failure, EndId(last_id_));
  if (failure.retryable || format_ != Format::kSse) {
    EndOpen();
  } else {
    EndClean();
  }
}

// The exchange calls `finished` once the answer is out.
void PrivateStream::RefuseBeforeHead(const StreamFailure& failure) {
  state_ = State::kEnded;
  timer_.Disarm();
  record_.Ended(failure.reason.empty() ? StreamEnd::kRefused : StreamEndOf(failure.reason),
                failure.status);
  exchange_->Respond(FailureResponse(failure, *snapshot_, exchange_->request()));
}

StreamFailure PrivateStream::FailureOf(const RpcStatus& status) const {
  return {.status = status,
          .details_json = StatusDetailsJson(status.details, plan_.response.types()),
          .retryable = snapshot_->IsRetryable(status),
          .service_pause = ServicePause(status)};
}

// A body that breaks off in the write of its last event would cost that event: Chromium's fetch
// throws away what it has not yet handed to the page.
void PrivateStream::EndOpen() {
  state_ = State::kEnding;
  max_age_.reset();
  body_.Publish();
  timer_.Arm(snapshot_->options().last_event_timeout);
}

void PrivateStream::EndClean() {
  state_ = State::kEnded;
  max_age_.reset();
  timer_.Disarm();
  body_.Close(BodyEnd::kClean);
}

void PrivateStream::OnTimer() {
  switch (state_) {
    case State::kWaiting:
      CommitHead();
      return;
    case State::kOpen:
      BeatIfSilent();
      return;
    case State::kEnding:
      state_ = State::kEnded;
      body_.Close(BodyEnd::kOpen);
      return;
    case State::kEnded:
      return;
  }
}

// While bytes wait in the body the connection is not silent but blocked, and more would not help.
void PrivateStream::BeatIfSilent() {
  const absl::Duration silence = loop_.clock().Now() - last_activity_;
  if (silence >= policy().heartbeat && body_.idle()) {
    writer_.Heartbeat();
    body_.Publish();
    last_activity_ = loop_.clock().Now();
  }
  const absl::Duration rest = policy().heartbeat - (loop_.clock().Now() - last_activity_);
  timer_.Arm(rest > absl::ZeroDuration() ? rest : policy().heartbeat);
}

void PrivateStream::ReleaseWhatFits() {
  const uint64_t unsent_bytes = body_.unsent_bytes();
  record_.HoldBytes(unsent_bytes);
  if (call_ == nullptr || unreleased_bytes_ == 0) return;
  if (unsent_bytes > snapshot_->options().stream_buffer_bytes) return;
  call_->Release(std::exchange(unreleased_bytes_, 0));
}

void PrivateStream::OnAttention(Body::Need need) {
  if (need != Body::Need::kTaken) return;
  ReleaseWhatFits();
  if (state_ == State::kEnding && body_.idle()) timer_.Arm(snapshot_->options().close_grace);
}

// A browser may close its sending side and go on listening. One line tells: if it is gone, its
// machine answers with a reset.
void PrivateStream::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kHalfClosed) OnHalfClosed();
  if (event == Exchange::Event::kGone) OnGone();
  if (event == Exchange::Event::kFinished) Finish();
}

void PrivateStream::OnHalfClosed() {
  if (format_ != Format::kSse) {
    OnGone();
    return;
  }
  if (state_ == State::kWaiting) {
    beat_after_head_ = true;
  } else if (state_ == State::kOpen && body_.idle()) {
    writer_.Heartbeat();
    body_.Publish();
    last_activity_ = loop_.clock().Now();
  }
}

void PrivateStream::OnGone() {
  record_.Ended(StreamEnd::kGone, {.code = absl::StatusCode::kCancelled});
  state_ = State::kEnded;
  Finish();
}

void PrivateStream::Finish() {
  call_.reset();
  timer_.Disarm();
  max_age_.reset();
  record_.Close();
  if (done_ != nullptr) std::exchange(done_, nullptr)(this);
}

}  // namespace sluice
