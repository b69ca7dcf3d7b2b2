// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/loop/weak_self.h"
#include "gateway/hub/event_log.h"
#include "gateway/hub/latest_events.h"
#include "gateway/hub/topic_source.h"
#include "gateway/hub/topic_window.h"

namespace sluice {

// How the topics of one route behave.
struct TopicOptions {
  EventLog::Options log;
  EventLog::OnGap on_gap = EventLog::OnGap::kOldest;
  // The events that a subscriber without an id gets first; the log's bounds hold besides.
  size_t start_with_last = 0;
  absl::Duration linger;
  absl::Duration reopen_min;
  absl::Duration reopen_max;
  absl::Duration give_up = absl::InfiniteDuration();
  bool latest = false;    // events have keys, and slow subscribers get the newest of each
  bool presence = false;  // subscribers are told how many they are
  // A reopened RPC that gets the last id goes on behind it.
  bool can_resume = false;
  bool endless = false;  // an OK end is not the end: subscribers come back
  TopicWindow::Options window;
};

// A log, its upstream call, its subscribers.
//
// In:        Accepted, AppendTail, Ended from its TopicSource; Join and Leave.
// Out:       Open and Close of the source; windows, one for each loop that has subscribers.
// Bounds:    the log's; with LATEST as much again. Windows are as many as loops.
// Ownership: owns the source. Windows belong to their subscribers.
// Threads:   one, its home loop's. Windows on other loops are told by Post, and woken at most once
//            until they have looked.
// Errors:    an RPC that fails with a transient status is opened again, with a back-off, as long as
//            there are subscribers; any other end is the topic's. The back-off grows with each
//            epoch that did not last longer than `reopen_max`, whatever it delivered.
class Topic final {
 public:
  // `on_idle` is told when nobody has been there for `linger`, or nobody is there and it has ended
  // without an event, and is to destroy the topic. It is not called from inside a method.
  Topic(const TopicOptions& options, Loop& home, absl::AnyInvocable<void()> on_idle);
  ~Topic();
  Topic(const Topic&) = delete;
  Topic& operator=(const Topic&) = delete;

  // Before anything else.
  void SetSource(std::unique_ptr<TopicSource> source) { source_ = std::move(source); }

  // ---- For the source ----
  void Accepted();
  bool accepted() const { return call_ == Call::kOpen; }
  // The id that the event's frame is to carry where events are numbered.
  std::string NextId() const { return log_.NextId(); }
  // Where the next frame is to lie; REQUIRES: Accepted was called. Nothing else of the topic may be
  // called until AppendTail, or until the buffer is dropped: then there is no frame.
  OutputBuffer Tail() { return log_.Tail(); }
  // One frame, written to Tail. Subscribers get it when the batch that it came with is in.
  void AppendTail(const OutputBuffer& tail, absl::string_view id, absl::string_view key);
  // A gap in the place of an event that cannot be told; `id` and `key` are the event's, no key for
  // one that is not known.
  void AppendGap(const Gap& gap, absl::string_view id, const std::optional<std::string>& key);
  void Ended(TopicEnd end);

  // ---- For subscribers ----
  struct Joined {
    std::shared_ptr<TopicWindow> window;
    LogStart start;
  };
  // `loop` is the subscriber's. Empty id: a first visit.
  Joined Join(Loop& loop, absl::string_view last_event_id);
  void Leave();
  // It is about to be destroyed, and tells nobody any more that it is idle. REQUIRES: no
  // subscribers, now and later.
  void Retire() { timer_.Disarm(); }
  // What a LATEST subscriber gets that is behind at `from`.
  LatestEvents::Batch Newest(uint64_t from, size_t max_bytes) const;

  // An ended topic has nothing for a first visit. For one who comes back it has what follows his
  // id, and the end if that is for good.
  bool has_ended() const { return end_ != nullptr; }
  bool Knows(absl::string_view last_event_id) const;

  size_t subscribers() const { return subscribers_; }
  absl::Time idle_since() const { return idle_since_; }  // REQUIRES: no subscribers
  const EventLog& log() const { return log_; }

 private:
  enum class Call { kNone, kOpening, kOpen, kWaiting };  // kWaiting: for the next attempt

  struct Seat {
    Loop* loop;
    std::weak_ptr<TopicWindow> window;
    TopicWindow::Signal signal;
  };

  void Open();
  void TellGap();
  void NoteHealth();
  void WaitForNextAttempt();
  void End(TopicEnd end);
  void ScheduleFlush();
  void Flush();
  void Forget();
  void Note(absl::string_view key, uint64_t position);
  std::shared_ptr<TopicWindow> WindowOn(Loop& loop);
  void OnWindows(void (*tell)(TopicWindow&, const std::shared_ptr<const TopicEnd>&));
  void OnTimer();
  void CountChanged();
  void ForgetAudience();
  void TellPresence();

  const TopicOptions options_;
  Loop& home_;
  absl::AnyInvocable<void()> on_idle_;
  absl::BitGen random_;

  EventLog log_;
  LatestEvents latest_;
  std::vector<Seat> seats_;
  size_t subscribers_ = 0;
  absl::Time idle_since_;

  Call call_ = Call::kNone;
  bool ever_accepted_ = false;
  absl::Time accepted_at_ = absl::InfinitePast();
  bool reopened_ = false;  // the call to come is not the topic's first
  std::string resumed_after_;
  absl::Duration wait_;                             // before the attempt after the next failure
  absl::Time next_attempt_ = absl::InfinitePast();  // of kWaiting
  absl::Time failing_since_ = absl::InfiniteFuture();
  std::shared_ptr<const TopicEnd> end_;

  bool flush_scheduled_ = false;
  Timer timer_;  // linger, or the next attempt
  Timer age_;
  Timer presence_;
  absl::Time presence_told_ = absl::InfinitePast();
  std::string presence_frame_;  // what was told then
  WeakSelf<Topic> weak_self_;
  std::unique_ptr<TopicSource> source_;  // goes first: its RPC tells the topic of its end
};

}  // namespace sluice
