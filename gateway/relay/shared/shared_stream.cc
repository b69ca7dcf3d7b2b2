// SPDX-License-Identifier: Apache-2.0
// The body is the stream's: what the topic has goes out by itself, and the stream is only asked
// when something happens that concerns this browser alone: its place is forgotten, the topic has
// ended, it must be told goodbye.
#include "gateway/relay/shared/shared_stream.h"

#include <utility>

#include "absl/random/random.h"
#include "gateway/relay/refusal_response.h"
#include "gateway/sse/event_id.h"
#include "gateway/sse/frame.h"

namespace sluice {
namespace {

// What a subscriber that catches up gets at a time.
constexpr size_t kCatchUpBytes = 16 * 1024;

constexpr absl::string_view kIdLine = "\nid: ";

Resume ResumeOf(LogStart::Outcome outcome) {
  switch (outcome) {
    case LogStart::Outcome::kFresh:
      return Resume::kFresh;
    case LogStart::Outcome::kResumed:
      return Resume::kResumed;
    case LogStart::Outcome::kGap:
      break;
  }
  return Resume::kGap;
}

StreamFailure FailureOf(const TopicEnd& end) {
  return {.status = end.status,
          .details_json = end.details_json,
          .retryable = end.retryable,
          .service_pause = end.service_pause};
}

// The id in the last of these frames that has one.
absl::string_view LastIdIn(absl::string_view frames) {
  const size_t line = frames.rfind(kIdLine);
  if (line == absl::string_view::npos) return "";
  const size_t begin = line + kIdLine.size();
  return frames.substr(begin, frames.find('\n', begin) - begin);
}

}  // namespace

SharedStream::SharedStream(Request request, std::unique_ptr<Exchange> exchange,
                           LoopServices& services)
    : snapshot_(std::move(request.snapshot)),
      plan_(*request.plan),
      services_(services),
      streak_(snapshot_->retries(), request.built, services.loop.clock().Now()),
      opening_(std::make_unique<Opening>()),
      body_(Body::Attention::Of<&SharedStream::OnAttention>(*this)),
      exchange_(std::move(exchange)),
      record_(plan_, exchange_->request(), request.place),
      format_(request.format) {
  opening_->built = std::move(request.built);
  opening_->head = std::move(request.head);
}

SharedStream::~SharedStream() {
  if (window_ != nullptr && opening_ != nullptr) window_->StopWaiting(opening_->ticket);
  // It refers to the window, which goes first.
  body_.Detach();
  CloseRecord();
}

OwnEvents SharedStream::own_events() const {
  return OwnEvents({.format = format_,
                    .heartbeat_event = policy().heartbeat_event,
                    .retry = policy().retry,
                    .end_retry = policy().end_retry},
                   services_.scratch.random);
}

void SharedStream::Start() {
  body_.TellWhenBegun();
  if (conflates()) body_.TellWhenBehind();
  exchange_->SetListener(Exchange::Listener::Of<&SharedStream::OnExchange>(*this));
  ArmTimer(snapshot_->options().open_grace);
  BuiltCall& built = opening_->built;
  TopicDirectory::Request request{.feed = {.snapshot = snapshot_,
                                           .plan = &plan_,
                                           .format = format_,
                                           .unnamed_events = built.unnamed_events,
                                           .call = std::move(built.call)},
                                  .last_event_id = built.last_event_id};
  services_.directory.Join(
      std::move(request),
      weak_self_.Bind(*this, [](SharedStream& stream, TopicDirectory::Place place) {
        stream.OnPlaced(std::move(place));
      }));
}

void SharedStream::OnPlaced(TopicDirectory::Place place) {
  if (state_ != State::kWaiting) return;
  if (place.window == nullptr) {
    services_.refusals.Count(RefusalReason::kTooManyTopics);
    record_.Ended(StreamEnd::kOverload, {.code = absl::StatusCode::kUnavailable});
    Fail({.status = {.code = absl::StatusCode::kUnavailable,
                     .message = "there are too many different streams; come back later",
                     .details = ""},
          .reason = NameOf(RefusalReason::kTooManyTopics)},
         "");
    return;
  }
  subscription_ = std::move(place.subscription);
  window_ = std::move(place.window);
  window_->Start();
  window_->log().CountInto(record_.counts().events, record_.counts().bytes);
  opening_->start = std::move(place.start);
  if (window_->settled() || opening_->grace_over) return OnSettled();
  opening_->ticket = window_->WaitUntilSettled([this] { OnSettled(); });
}

// An RPC that fails for good before anything was sent is an HTTP status, as for a private stream.
void SharedStream::OnSettled() {
  if (state_ != State::kWaiting) return;  // it was told goodbye meanwhile
  const TopicEnd* const end = window_->end();
  const bool failed = end != nullptr && !end->status.ok();
  const bool nothing_to_send =
      opening_->start.position == window_->log().end() && window_->log().closed();
  if (failed && nothing_to_send && opening_->start.outcome != LogStart::Outcome::kResumed) {
    return Fail(FailureOf(*end), end->last_id);
  }
  CommitHead();
}

// The head, `stream-open` and what there is to replay go out together.
void SharedStream::CommitHead() {
  const std::unique_ptr<Opening> opening = std::move(opening_);
  window_->StopWaiting(opening->ticket);
  weak_self_.Release();
  timer_.reset();
  state_ = State::kOpen;
  LogStart& start = opening->start;
  FindPlaceAgain(start);
  const Resume resume = ResumeOf(start.outcome);
  const std::string& held = opening->built.last_event_id;
  body_.Append(own_events().Open(plan_.stream_name, resume,
                                 resume == Resume::kGap       ? start.id
                                 : resume == Resume::kResumed ? held
                                                              : ""));
  if (resume == Resume::kGap) TellGap(held, start.id, "not_kept");
  if (opening->beat_after_head) body_.Append(own_events().Heartbeat());
  if (policy().max_age != absl::InfiniteDuration()) {
    max_age_ = std::make_unique<Timer>(services_.loop.timers(), [this] {
      SayGoodbye("max_age", "the stream has reached its greatest age; come back for a new one");
    });
    max_age_->Arm(policy().max_age * absl::Uniform(services_.scratch.random, 0.9, 1.1));
  }
  StartBody(std::move(opening->head));
  GoOnAt(start.position);
}

// A POST may have brought a mebibyte, which is not to lie there for as long as the stream lasts.
void SharedStream::StartBody(ResponseHead head) {
  exchange_->StartBody(std::move(head), body_);
  record_.HeadSent();
  record_.ForgetRequest();
  exchange_->ForgetRequest();
}

// The log of a busy topic that is full forgets with every batch: its oldest event, with which many
// begin, may be gone when its place arrives here. Nothing was said of it yet.
void SharedStream::FindPlaceAgain(LogStart& start) {
  SharedLogWindow& log = window_->log();
  log.Refresh();
  if (start.position >= log.begin()) return;
  start.position = log.begin();
  if (start.outcome == LogStart::Outcome::kFresh) return;
  start.outcome = LogStart::Outcome::kGap;
  if (policy().share->on_gap == sluice::v1::Share::LIVE) start.position = log.end();
  start.id = std::string(LastIdIn(log.Before(start.position)));
}

void SharedStream::GoOnAt(uint64_t position) {
  SharedLogWindow& log = window_->log();
  if (position < log.begin()) {
    behind_at_ = position;
    return OnLost();
  }
  body_.Attach(log, position);
  window_->Welcome(body_);  // until now, nobody told it of the others
  body_.Publish();
  if (log.closed() && body_.position() == log.end()) OnTopicEnd();
}

void SharedStream::OnAttention(Body::Need need) {
  if (need == Body::Need::kBegun) record_.FirstEvent();
  if (state_ == State::kEnding && need == Body::Need::kSent) {
    ArmTimer(snapshot_->options().close_grace);
  }
  if (state_ != State::kOpen) return;
  switch (need) {
    case Body::Need::kBegun:
    case Body::Need::kTaken:
      return;
    case Body::Need::kLost:
      behind_at_ = body_.position();
      return OnLost();
    case Body::Need::kBehind:
      behind_at_ = body_.position();
      return CatchUp();
    case Body::Need::kCaughtUp:
      return OnTopicEnd();
    case Body::Need::kSent:
      return conflates() ? CatchUp() : SkipAhead();
  }
}

void SharedStream::OnLost() {
  switch (policy().share->slow) {
    case sluice::v1::Share::SKIP:
      skipped_from_ = std::make_unique<std::string>(LastIdIn(window_->log().Before(behind_at_)));
      return body_.TellWhenSent();
    case sluice::v1::Share::LATEST:
      return CatchUp();
    default:
      return SayGoodbye("slow_consumer",
                        "the stream is faster than this connection; come back and resume");
  }
}

// Not before the kernel takes more: a browser that has stopped reading loses its place with every
// batch, and a gap for each would pile up.
void SharedStream::SkipAhead() {
  SharedLogWindow& log = window_->log();
  log.Refresh();
  const std::unique_ptr<std::string> from = std::move(skipped_from_);
  TellGap(*from, LastIdIn(log.Before(log.begin())), "slow_consumer");
  GoOnAt(log.begin());
}

void SharedStream::TellGap(absl::string_view from, absl::string_view to, absl::string_view reason) {
  body_.Append(own_events().GapEvent({.from = from, .to = to, .reason = reason, .id = to}));
}

// ---- The newest of each key ----

// Not before the kernel has what this browser was given last: what is newest is newest then.
void SharedStream::CatchUp() {
  if (!body_.idle()) return body_.TellWhenSent();
  services_.directory.GetNewest(
      subscription_, behind_at_, kCatchUpBytes,
      weak_self_.Bind(*this, [](SharedStream& stream, LatestEvents::Batch batch) {
        stream.OnNewest(std::move(batch));
      }));
}

void SharedStream::OnNewest(LatestEvents::Batch batch) {
  if (state_ != State::kOpen) return;
  if (batch.lost) TellGap("", "", "slow_consumer");
  body_.Append(batch.frames);
  record_.Events(batch.events, batch.frames.size());
  behind_at_ = batch.next;
  if (!batch.complete) return body_.TellWhenSent();
  window_->log().Refresh();
  GoOnAt(batch.next);
}

// ---- The end ----

void SharedStream::OnTopicEnd() {
  const TopicEnd& end = *window_->end();
  if (!end.status.ok()) return Fail(FailureOf(end), end.last_id);
  const bool open = policy().endless && format_ == Format::kSse;
  record_.Ended(StreamEnd::kOk, RpcStatus());
  body_.Detach();
  const int times = policy().endless && body_.sent_entries() == 0 ? TimesInARow(end.last_id) : 1;
  body_.Append(own_events().End(policy().endless ? "" : EndId(end.last_id), times));
  if (open) {
    EndOpen();
  } else {
    EndClean();
  }
}

void SharedStream::SayGoodbye(absl::string_view reason, absl::string_view message) {
  if (state_ != State::kWaiting && state_ != State::kOpen) return;
  Fail({.status = {.code = absl::StatusCode::kUnavailable,
                   .message = std::string(message),
                   .details = ""},
        .reason = reason},
       "");
}

void SharedStream::Fail(StreamFailure failure, absl::string_view last_id) {
  // A topic ends like this only where its service has failed for long.
  if (failure.retryable && failure.reason.empty()) {
    failure.failures = TimesInARow(last_id);
  }
  if (state_ == State::kWaiting) {
    if (!failure.retryable || format_ != Format::kSse) return RefuseBeforeHead(failure);
    // EventSource stops for ever on any status but 200, so what may pass is told inside of one.
    StartBody(std::move(opening_->head));
  }
  record_.Ended(failure.reason.empty() ? StreamEnd::kFailed : StreamEndOf(failure.reason),
                failure.status);
  body_.Detach();
  body_.Append(own_events().Fail(failure, EndId(last_id)));
  if (failure.retryable || format_ != Format::kSse) {
    EndOpen();
  } else {
    EndClean();
  }
}

// The exchange calls `finished` once the answer is out.
void SharedStream::RefuseBeforeHead(const StreamFailure& failure) {
  state_ = State::kEnded;
  timer_.reset();
  subscription_ = Subscription();
  record_.Ended(failure.reason.empty() ? StreamEnd::kRefused : StreamEndOf(failure.reason),
                failure.status);
  exchange_->Respond(FailureResponse(failure, *snapshot_, exchange_->request()));
}

void SharedStream::EndOpen() {
  state_ = State::kEnding;
  max_age_.reset();
  subscription_ = Subscription();
  body_.TellWhenSent();
  ArmTimer(snapshot_->options().last_event_timeout);
}

void SharedStream::EndClean() {
  state_ = State::kEnded;
  max_age_.reset();
  timer_.reset();
  subscription_ = Subscription();
  body_.Close(BodyEnd::kClean);
}

void SharedStream::ArmTimer(absl::Duration delay) {
  timer_ = std::make_unique<Timer>(services_.loop.timers(), [this] { OnTimer(); });
  timer_->Arm(delay);
}

void SharedStream::OnTimer() {
  switch (state_) {
    case State::kWaiting:
      opening_->grace_over = true;
      if (window_ != nullptr) OnSettled();
      return;
    case State::kEnding:
      state_ = State::kEnded;
      body_.Close(BodyEnd::kOpen);
      return;
    case State::kOpen:
    case State::kEnded:
      return;
  }
}

// A browser may close its sending side and go on listening. One line tells: if it is gone, its
// machine answers with a reset.
void SharedStream::OnExchange(Exchange::Event event) {
  if (event == Exchange::Event::kHalfClosed) OnHalfClosed();
  if (event == Exchange::Event::kGone) OnGone();
  if (event == Exchange::Event::kFinished) Finish();
}

void SharedStream::OnHalfClosed() {
  if (format_ != Format::kSse) return OnGone();
  if (state_ == State::kWaiting) {
    opening_->beat_after_head = true;
  } else if (state_ == State::kOpen && body_.idle()) {
    body_.Append(own_events().Heartbeat());
    body_.Publish();
  }
}

void SharedStream::OnGone() {
  record_.Ended(StreamEnd::kGone, {.code = absl::StatusCode::kCancelled});
  state_ = State::kEnded;
  Finish();
}

void SharedStream::Finish() {
  body_.Detach();
  timer_.reset();
  max_age_.reset();
  subscription_ = Subscription();
  CloseRecord();
  if (!std::exchange(done_, true)) services_.done(this);
}

void SharedStream::CloseRecord() {
  record_.AddCounted(body_.sent_entries(), body_.sent_log_bytes());
  record_.Close();
}

}  // namespace sluice
