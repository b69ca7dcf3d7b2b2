// SPDX-License-Identifier: Apache-2.0
// A stream is a small state machine between two parties that may each go away at any time. What
// keeps it simple: every way to end goes through EndClean, EndOpen or Finish, and a source that is
// stopped says nothing more.
#include "gateway/relay/stream.h"

#include <utility>

#include "absl/random/random.h"
#include "gateway/relay/refusal_response.h"
#include "gateway/sse/event_id.h"

namespace sluice {

Stream::Stream(Request request, std::unique_ptr<Exchange> exchange, LoopServices& services)
    : snapshot_(std::move(request.snapshot)),
      services_(services),
      streak_(snapshot_->retries(), request.built, Now()),
      opening_(new Opening{.built = std::move(request.built), .head = std::move(request.head)}),
      body_(Body::Attention::Of<&Stream::OnAttention>(*this)),
      exchange_(std::move(exchange)),
      record_(*request.plan, exchange_->request(), request.place),
      format_(request.format) {
  if (policy().share.has_value()) {
    source_.emplace<SharedSource>(*this);
  } else {
    source_ = std::make_unique<PrivateSource>(*this);
  }
}

Stream::~Stream() {
  AskSource([](auto& source) { source.Stop(); });
  CloseRecord();
}

template <typename Ask>
void Stream::AskSource(Ask ask) {
  if (SharedSource* shared = std::get_if<SharedSource>(&source_); shared != nullptr) {
    ask(*shared);
  } else {
    ask(*std::get<std::unique_ptr<PrivateSource>>(source_));
  }
}

OwnEvents Stream::own_events() const {
  return OwnEvents({.format = format_,
                    .heartbeat_event = policy().heartbeat_event,
                    .retry = policy().retry,
                    .end_retry = policy().end_retry},
                   services_.scratch.random);
}

void Stream::Start() {
  exchange_->SetListener(Exchange::Listener::Of<&Stream::OnExchange>(*this));
  ArmTimer(snapshot_->options().open_grace);
  AskSource([](auto& source) { source.Start(); });
}

// The head and `stream-open` go out together, so that `onopen` and the first event come at once.
void Stream::Open(const Opened& opened) {
  StartBody();
  state_ = State::kOpen;
  timer_.reset();
  body_.Append(own_events().Open(plan().stream_name, opened.resume, opened.id));
  body_.Append(opened.events);
  const bool beats = opening_->beat_after_head;
  opening_.reset();
  if (beats) body_.Append(own_events().Heartbeat());
  body_.Publish();
  if (policy().max_age == absl::InfiniteDuration()) return;
  max_age_ = std::make_unique<Timer>(services_.loop.timers(), [this] {
    SayGoodbye("max_age", "the stream has reached its greatest age; come back for a new one");
  });
  max_age_->Arm(policy().max_age * absl::Uniform(services_.scratch.random, 0.9, 1.1));
}

// A POST may have brought a mebibyte, which is not to lie there for as long as the stream lasts.
void Stream::StartBody() {
  exchange_->StartBody(std::move(opening_->head), body_);
  record_.HeadSent();
  record_.ForgetRequest();
  exchange_->ForgetRequest();
}

void Stream::Beat() {
  body_.Append(own_events().Heartbeat());
  body_.Publish();
  AskSource([](auto& source) { source.OnBeat(); });
}

// ---- The end ----

void Stream::SayGoodbye(absl::string_view reason, absl::string_view message) {
  if (state_ != State::kWaiting && state_ != State::kOpen) return;
  Fail({.status = {.code = absl::StatusCode::kUnavailable, .message = std::string(message)},
        .reason = reason},
       {});
}

void Stream::End(const FailureStreak::End& at) {
  record_.Ended(StreamEnd::kOk, RpcStatus());
  AskSource([](auto& source) { source.Stop(); });
  if (!policy().endless) {
    body_.Append(own_events().End(EndId(at.last_id)));
    return EndClean();
  }
  body_.Append(own_events().End("", record_.has_event() ? 1 : TimesInARow(at)));
  format_ == Format::kSse ? EndOpen() : EndClean();
}

void Stream::Fail(StreamFailure failure, const FailureStreak::End& at) {
  AskSource([](auto& source) { source.Stop(); });
  if (failure.retryable && failure.reason.empty()) failure.failures = TimesInARow(at);
  if (state_ == State::kWaiting) {
    if (!failure.retryable || format_ != Format::kSse) return RefuseBeforeHead(failure);
    // EventSource stops for ever on any status but 200, so what may pass is told inside of one.
    StartBody();
    opening_.reset();
  }
  record_.Ended(failure.reason.empty() ? StreamEnd::kFailed : StreamEndOf(failure.reason),
                failure.status);
  body_.Append(own_events().Fail(failure, EndId(at.last_id)));
  failure.retryable || format_ != Format::kSse ? EndOpen() : EndClean();
}

// The exchange calls `finished` once the answer is out.
void Stream::RefuseBeforeHead(const StreamFailure& failure) {
  state_ = State::kEnded;
  timer_.reset();
  record_.Ended(failure.reason.empty() ? StreamEnd::kRefused : StreamEndOf(failure.reason),
                failure.status);
  exchange_->Respond(FailureResponse(failure, *snapshot_, exchange_->request()));
}

// A body that breaks off in the write of its last event would cost that event: Chromium's fetch
// throws away what it has not yet handed to the page.
void Stream::EndOpen() {
  state_ = State::kEnding;
  max_age_.reset();
  body_.TellWhenSent();
  ArmTimer(snapshot_->options().last_event_timeout);
}

void Stream::EndClean() {
  state_ = State::kEnded;
  max_age_.reset();
  timer_.reset();
  body_.Close(BodyEnd::kClean);
}

// ---- What happens ----

void Stream::ArmTimer(absl::Duration delay) {
  if (timer_ == nullptr) {
    timer_ = std::make_unique<Timer>(services_.loop.timers(), [this] { OnTimer(); });
  }
  timer_->Arm(delay);
}

void Stream::OnTimer() {
  switch (state_) {
    case State::kWaiting:
      return AskSource([](auto& source) { source.OnGraceOver(); });
    case State::kOpen:
      return AskSource([](auto& source) { source.OnTimer(); });
    case State::kEnding:
      state_ = State::kEnded;
      return body_.Close(BodyEnd::kOpen);
    case State::kEnded:
      return;
  }
}

void Stream::OnAttention(Body::Need need) {
  if (need == Body::Need::kBegun) record_.FirstEvent();
  if (state_ == State::kEnding && need == Body::Need::kSent) {
    ArmTimer(snapshot_->options().close_grace);
  }
  if (state_ == State::kOpen || need == Body::Need::kTaken) {
    AskSource([need](auto& source) { source.OnAttention(need); });
  }
}

void Stream::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kHalfClosed) OnHalfClosed();
  if (event == Exchange::Event::kGone) OnGone();
  if (event == Exchange::Event::kFinished) Finish();
}

// A browser may close its sending side and go on listening. One line tells: if it is gone, its
// machine answers with a reset.
void Stream::OnHalfClosed() {
  if (format_ != Format::kSse) return OnGone();
  if (state_ == State::kWaiting) {
    opening_->beat_after_head = true;
  } else if (state_ == State::kOpen && body_.idle()) {
    Beat();
  }
}

void Stream::OnGone() {
  record_.Ended(StreamEnd::kGone, {.code = absl::StatusCode::kCancelled});
  state_ = State::kEnded;
  Finish();
}

void Stream::Finish() {
  AskSource([](auto& source) { source.Stop(); });
  timer_.reset();
  max_age_.reset();
  CloseRecord();
  if (!std::exchange(done_, true)) services_.done(this);
}

void Stream::CloseRecord() {
  record_.AddCounted(body_.sent_entries(), body_.sent_log_bytes());
  record_.Close();
}

}  // namespace sluice
