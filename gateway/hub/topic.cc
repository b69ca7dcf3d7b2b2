// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/topic.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr absl::Duration kPresenceEvery = absl::Seconds(1);
constexpr char kEpochLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr int kEpochLength = 7;
// What subscribers of other loops have not looked at may stay beyond the log's bounds, up to this
// many times their bytes.
constexpr uint64_t kMostUnseen = 2;
// Sluice's own frames in a topic that keeps the newest of each key: no value of a key field begins
// like this, since those get the other letter.
constexpr char kOwnKey[] = "s";
constexpr char kUnknownKey[] = "u";  // of an event of which nobody knows the key
constexpr char kKeyOfEvents[] = "e";

std::string NewEpoch(absl::BitGen& random) {
  std::string epoch;
  for (int i = 0; i < kEpochLength; ++i) {
    epoch += kEpochLetters[absl::Uniform<size_t>(random, 0, sizeof(kEpochLetters) - 1)];
  }
  return epoch;
}

}  // namespace

Topic::Topic(const TopicOptions& options, Loop& home, absl::AnyInvocable<void()> on_idle)
    : options_(options),
      home_(home),
      on_idle_(std::move(on_idle)),
      log_(options.log, NewEpoch(random_)),
      latest_(options.log.max_bytes),
      idle_since_(home.clock().Now()),
      wait_(options.reopen_min),
      timer_(home.timers(), [this] { OnTimer(); }),
      age_(home.timers(), [this] { Flush(); }),
      presence_(home.timers(), [this] { TellPresence(); }) {}

Topic::~Topic() = default;

// ---- The source ----

void Topic::Open() {
  call_ = Call::kOpening;
  reopened_ = ever_accepted_;
  resumed_after_ = reopened_ && options_.can_resume ? log_.last_id() : "";
  if (!source_->Open(resumed_after_)) resumed_after_.clear();
}

void Topic::Accepted() {
  if (call_ != Call::kOpening) return;
  call_ = Call::kOpen;
  accepted_at_ = home_.clock().Now();
  ever_accepted_ = true;
  if (std::exchange(reopened_, false) && resumed_after_.empty()) TellGap();
  OnWindows([](TopicWindow& window, const std::shared_ptr<const TopicEnd>&) { window.SetOpen(); });
}

// Between the two lives of the RPC the service may have sent anything.
void Topic::TellGap() {
  const std::string before = log_.last_id();
  log_.BeginEpoch(NewEpoch(random_));
  const std::string id = log_.NextId();
  const std::string frame = source_->GapFrame({.from = before, .to = id, .reason = "reopened"}, id);
  if (frame.empty()) return;
  // Where ids are the author's it has none: who comes back with `before` has yet to see it.
  const uint64_t position = log_.AppendGap(frame, id, home_.clock().Now());
  Note(kOwnKey, position);
  ScheduleFlush();
}

void Topic::AppendTail(const OutputBuffer& tail, absl::string_view id, absl::string_view key) {
  const uint64_t position = log_.AppendTail(tail, id, home_.clock().Now());
  if (options_.latest) Note(absl::StrCat(kKeyOfEvents, key), position);
  ScheduleFlush();
}

// Of its key it is the newest: what came before is not true any more.
void Topic::AppendGap(const Gap& gap, absl::string_view id, const std::optional<std::string>& key) {
  const std::string frame = source_->GapFrame(gap, id);
  if (frame.empty()) return;
  const uint64_t position = log_.AppendGap(frame, id, home_.clock().Now());
  Note(key.has_value() ? absl::StrCat(kKeyOfEvents, *key) : kUnknownKey, position);
  ScheduleFlush();
}

void Topic::NoteHealth() {
  wait_ = options_.reopen_min;
  failing_since_ = absl::InfiniteFuture();
}

void Topic::Note(absl::string_view key, uint64_t position) {
  if (options_.latest) latest_.Note(key, position);
}

void Topic::Ended(TopicEnd end) {
  if (end_ != nullptr) return;
  const absl::Time now = home_.clock().Now();
  // A stream may be silent and well. One that fails soon after each attempt is not, though it has
  // delivered something: or it would be opened as fast as it fails.
  if (call_ == Call::kOpen && now - accepted_at_ > options_.reopen_max) NoteHealth();
  failing_since_ = std::min(failing_since_, now);
  const bool give_up = now - failing_since_ >= options_.give_up;
  if (end.status.ok() || !end.retryable || give_up) return End(std::move(end));
  call_ = Call::kWaiting;
  next_attempt_ = now + std::max(wait_ * absl::Uniform(random_, 0.75, 1.25), end.service_pause);
  wait_ = std::min(wait_ * 2, options_.reopen_max);
  if (subscribers_ > 0) WaitForNextAttempt();
}

void Topic::WaitForNextAttempt() { timer_.Arm(next_attempt_ - home_.clock().Now()); }

void Topic::End(TopicEnd end) {
  call_ = Call::kNone;
  end.last_id = log_.last_id();
  end_ = std::make_shared<const TopicEnd>(std::move(end));
  log_.Publish();
  OnWindows([](TopicWindow& window, const std::shared_ptr<const TopicEnd>& ended) {
    window.SetEnded(ended);
  });
  source_->Close();
}

// ---- Publishing ----

void Topic::ScheduleFlush() {
  if (std::exchange(flush_scheduled_, true)) return;
  home_.Post(weak_self_.Bind(*this, [](Topic& topic) { topic.Flush(); }));
}

void Topic::Flush() {
  flush_scheduled_ = false;
  // What is forgotten now was told with an earlier batch.
  Forget();
  log_.Publish();
  std::erase_if(seats_, [](const Seat& seat) { return seat.window.expired(); });
  for (const Seat& seat : seats_) {
    if (seat.loop == &home_) {
      if (const std::shared_ptr<TopicWindow> window = seat.window.lock()) window->Look();
    } else if (!seat.signal->exchange(true, std::memory_order_acq_rel)) {
      seat.loop->Post([window = seat.window] {
        if (const std::shared_ptr<TopicWindow> there = window.lock()) there->Look();
      });
    }
  }
  const absl::Time too_old = log_.NextTooOld();
  if (too_old != absl::InfiniteFuture()) age_.Arm(too_old - home_.clock().Now());
}

void Topic::Forget() {
  const bool unseen = std::any_of(seats_.begin(), seats_.end(), [](const Seat& seat) {
    return seat.signal->load(std::memory_order_acquire);
  });
  if (unseen && log_.bytes() < kMostUnseen * options_.log.max_bytes) return;
  if (!options_.latest) {
    log_.ForgetOld(home_.clock().Now());
    return;
  }
  log_.ForgetOld(home_.clock().Now(), [this](uint64_t position, absl::string_view frame) {
    latest_.Keep(position, frame);
  });
}

// ---- Subscribers ----

Topic::Joined Topic::Join(Loop& loop, absl::string_view last_event_id) {
  Joined joined{.window = WindowOn(loop), .start = {}};
  joined.start = last_event_id.empty() ? log_.StartWithLast(options_.start_with_last)
                                       : log_.StartAfter(last_event_id, options_.on_gap);
  if (subscribers_++ == 0) {
    timer_.Disarm();  // it was the linger
    const bool may_open =
        call_ == Call::kNone || (call_ == Call::kWaiting && home_.clock().Now() >= next_attempt_);
    if (end_ == nullptr && may_open) {
      Open();
    } else if (call_ == Call::kWaiting) {
      // Or those who come and go would call a service that fails as often as they like.
      WaitForNextAttempt();
    }
  }
  CountChanged();
  return joined;
}

void Topic::Leave() {
  if (--subscribers_ == 0) {
    idle_since_ = home_.clock().Now();
    ForgetAudience();
    // A dead topic without events can serve nobody.
    const bool useless = end_ != nullptr && log_.events() == 0;
    timer_.Arm(useless ? absl::ZeroDuration() : options_.linger);
    return;
  }
  CountChanged();
}

// Streams that end may still hold their window. Who comes next gets another one, and is not
// welcomed with a count of those that have left.
void Topic::ForgetAudience() {
  seats_.clear();
  presence_.Disarm();
  presence_told_ = absl::InfinitePast();
  presence_frame_.clear();
}

LatestEvents::Batch Topic::Newest(uint64_t from, size_t max_bytes) const {
  return latest_.Collect(from, max_bytes, log_);
}

// Who has seen all of a stream that may come again wants its next life: with the end that he knows
// already he would come back at once, and with a few of his kind the topic would never be idle.
bool Topic::Knows(absl::string_view last_event_id) const {
  if (last_event_id.empty()) return false;
  const LogStart start = log_.StartAfter(last_event_id, options_.on_gap);
  if (start.outcome != LogStart::Outcome::kResumed) return false;
  if (end_ == nullptr || start.position < log_.log().end_position()) return true;
  return end_->status.ok() ? !options_.endless : !end_->retryable;
}

std::shared_ptr<TopicWindow> Topic::WindowOn(Loop& loop) {
  for (Seat& seat : seats_) {
    if (seat.loop != &loop) continue;
    if (std::shared_ptr<TopicWindow> window = seat.window.lock()) return window;
  }
  auto window = std::make_shared<TopicWindow>(log_.log(), options_.window, loop);
  // Nobody else has seen it yet.
  if (call_ == Call::kOpen || ever_accepted_) window->SetOpen();
  if (end_ != nullptr) window->SetEnded(end_);
  if (!presence_frame_.empty()) window->SetPresence(presence_frame_);
  seats_.push_back({&loop, window, window->signal()});
  return window;
}

void Topic::OnWindows(void (*tell)(TopicWindow&, const std::shared_ptr<const TopicEnd>&)) {
  for (const Seat& seat : seats_) {
    seat.loop->Post([window = seat.window, tell, end = end_] {
      if (const std::shared_ptr<TopicWindow> there = window.lock()) tell(*there, end);
    });
  }
}

// ---- Time ----

void Topic::OnTimer() {
  if (subscribers_ == 0) return on_idle_();
  if (call_ == Call::kWaiting) Open();
}

void Topic::CountChanged() {
  if (!options_.presence || presence_.armed()) return;
  presence_.Arm(
      std::max(presence_told_ + kPresenceEvery - home_.clock().Now(), absl::ZeroDuration()));
}

void Topic::TellPresence() {
  presence_told_ = home_.clock().Now();
  presence_frame_ = source_->PresenceFrame(subscribers_);
  if (presence_frame_.empty()) return;
  for (const Seat& seat : seats_) {
    seat.loop->Post([window = seat.window, frame = presence_frame_] {
      if (const std::shared_ptr<TopicWindow> there = window.lock()) there->SetPresence(frame);
    });
  }
}

}  // namespace sluice
