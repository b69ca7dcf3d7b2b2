// SPDX-License-Identifier: Apache-2.0
// What the topic has goes out by itself; a source is only asked when something happens that
// concerns its browser alone: its place is forgotten, the topic has ended.
#include "gateway/relay/shared/shared_source.h"

#include <utility>

#include "gateway/relay/stream.h"

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

void SharedSource::Start() {
  stream_.body().TellWhenBegun();
  if (conflates()) stream_.body().TellWhenBehind();
  BuiltCall& built = stream_.built();
  TopicDirectory::Request request{.feed = {.snapshot = stream_.snapshot(),
                                           .plan = &stream_.plan(),
                                           .format = stream_.format(),
                                           .unnamed_events = built.unnamed_events,
                                           .call = std::move(built.call)},
                                  .last_event_id = built.last_event_id};
  stream_.services().directory.Join(
      std::move(request),
      weak_self_.Bind(*this, [](SharedSource& source, TopicDirectory::Place place) {
        source.OnPlaced(std::move(place));
      }));
}

// The body refers to the window, which stays: what it ended with may be what is told.
void SharedSource::Stop() {
  const Opening* const opening = stream_.shared_opening();
  if (window_ != nullptr && opening != nullptr) window_->StopWaiting(opening->ticket);
  stream_.body().Detach();
  subscription_ = Subscription();
}

bool SharedSource::conflates() const {
  return stream_.policy().share->slow == sluice::v1::Share::LATEST;
}

void SharedSource::OnPlaced(TopicDirectory::Place place) {
  if (stream_.state() != Stream::State::kWaiting) return;
  if (place.window == nullptr) {
    stream_.services().refusals.Count(RefusalReason::kTooManyTopics);
    stream_.record().Ended(StreamEnd::kOverload, {.code = absl::StatusCode::kUnavailable});
    return stream_.Fail(
        {.status = {.code = absl::StatusCode::kUnavailable,
                    .message = "there are too many different streams; come back later"},
         .reason = NameOf(RefusalReason::kTooManyTopics)},
        {});
  }
  subscription_ = std::move(place.subscription);
  window_ = std::move(place.window);
  window_->Start();
  MethodCounts& counts = stream_.record().counts();
  window_->log().CountInto(counts.events, counts.bytes);
  Opening& opening = *stream_.shared_opening();
  opening.start = std::move(place.start);
  if (window_->settled() || opening.grace_over) return OnSettled();
  opening.ticket = window_->WaitUntilSettled([this] { OnSettled(); });
}

void SharedSource::OnGraceOver() {
  stream_.shared_opening()->grace_over = true;
  if (window_ != nullptr) OnSettled();
}

// An RPC that fails for good before anything was sent is an HTTP status, as for a private stream.
void SharedSource::OnSettled() {
  if (stream_.state() != Stream::State::kWaiting) return;  // it was told goodbye meanwhile
  const LogStart& start = stream_.shared_opening()->start;
  const TopicEnd* const end = window_->end();
  const bool failed = end != nullptr && !end->status.ok();
  const bool nothing_to_send = start.position == window_->log().end() && window_->log().closed();
  if (failed && nothing_to_send && start.outcome != LogStart::Outcome::kResumed) {
    return stream_.Fail(FailureOf(*end), {end->last_id, absl::ZeroDuration()});
  }
  OpenStream();
}

// The head, `stream-open` and what there is to replay go out together.
void SharedSource::OpenStream() {
  Opening& opening = *stream_.shared_opening();
  window_->StopWaiting(opening.ticket);
  weak_self_.Release();
  LogStart start = std::move(opening.start);
  FindPlaceAgain(start);
  const Resume resume = ResumeOf(start.outcome);
  const std::string held = stream_.built().last_event_id;
  if (resume == Resume::kGap) {
    const std::string gap = GapEvent(held, start.id, "not_kept");
    stream_.Open({.resume = resume, .id = start.id, .events = gap});
  } else {
    stream_.Open({.resume = resume,
                  .id = resume == Resume::kResumed ? absl::string_view(held) : "",
                  .events = ""});
  }
  GoOnAt(start.position);
}

// The log of a busy topic that is full forgets with every batch: its oldest event, with which many
// begin, may be gone when its place arrives here. Nothing was said of it yet.
void SharedSource::FindPlaceAgain(LogStart& start) {
  SharedLogWindow& log = window_->log();
  log.Refresh();
  if (start.position >= log.begin()) return;
  start.position = log.begin();
  if (start.outcome == LogStart::Outcome::kFresh) return;
  start.outcome = LogStart::Outcome::kGap;
  if (stream_.policy().share->on_gap == sluice::v1::Share::LIVE) start.position = log.end();
  start.id = std::string(LastIdIn(log.Before(start.position)));
}

void SharedSource::GoOnAt(uint64_t position) {
  SharedLogWindow& log = window_->log();
  if (position < log.begin()) return OnLost(position);
  behind_.reset();
  stream_.body().Attach(log, position);
  window_->Welcome(stream_.body());  // until now, nobody told it of the others
  stream_.body().Publish();
  if (log.closed() && stream_.body().position() == log.end()) OnTopicEnd();
}

void SharedSource::OnAttention(Body::Need need) {
  switch (need) {
    case Body::Need::kBegun:
    case Body::Need::kTaken:
      return;
    case Body::Need::kLost:
      return OnLost(stream_.body().position());
    case Body::Need::kBehind:
      behind_ = std::make_unique<Behind>(Behind{.at = stream_.body().position(), .id = ""});
      return CatchUp();
    case Body::Need::kCaughtUp:
      return OnTopicEnd();
    case Body::Need::kSent:
      return conflates() ? CatchUp() : SkipAhead();
  }
}

void SharedSource::OnLost(uint64_t at) {
  behind_ = std::make_unique<Behind>(Behind{.at = at, .id = ""});
  switch (stream_.policy().share->slow) {
    case sluice::v1::Share::SKIP:
      behind_->id = std::string(LastIdIn(window_->log().Before(at)));
      return stream_.body().TellWhenSent();
    case sluice::v1::Share::LATEST:
      return CatchUp();
    default:
      return stream_.SayGoodbye("slow_consumer",
                                "the stream is faster than this connection; come back and resume");
  }
}

// Not before the kernel takes more: a browser that has stopped reading loses its place with every
// batch, and a gap for each would pile up.
void SharedSource::SkipAhead() {
  SharedLogWindow& log = window_->log();
  log.Refresh();
  stream_.body().Append(GapEvent(behind_->id, LastIdIn(log.Before(log.begin())), "slow_consumer"));
  GoOnAt(log.begin());
}

std::string SharedSource::GapEvent(absl::string_view from, absl::string_view to,
                                   absl::string_view reason) {
  return stream_.own_events().GapEvent({.from = from, .to = to, .reason = reason, .id = to});
}

// ---- The newest of each key ----

// Not before the kernel has what this browser was given last: what is newest is newest then.
void SharedSource::CatchUp() {
  if (!stream_.body().idle()) return stream_.body().TellWhenSent();
  stream_.services().directory.GetNewest(
      subscription_, behind_->at, kCatchUpBytes,
      weak_self_.Bind(*this, [](SharedSource& source, LatestEvents::Batch batch) {
        source.OnNewest(std::move(batch));
      }));
}

void SharedSource::OnNewest(LatestEvents::Batch batch) {
  if (stream_.state() != Stream::State::kOpen) return;
  if (batch.lost) stream_.body().Append(GapEvent("", "", "slow_consumer"));
  stream_.body().Append(batch.frames);
  stream_.record().Events(batch.events, batch.frames.size());
  behind_->at = batch.next;
  if (!batch.complete) return stream_.body().TellWhenSent();
  window_->log().Refresh();
  GoOnAt(batch.next);
}

// ---- The end ----

void SharedSource::OnTopicEnd() {
  const TopicEnd& end = *window_->end();
  const FailureStreak::End at{end.last_id, absl::ZeroDuration()};
  if (end.status.ok()) return stream_.End(at);
  stream_.Fail(FailureOf(end), at);
}

}  // namespace sluice
