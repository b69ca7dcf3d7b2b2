// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/timer_wheel.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

// Slot `t % kSlots` holds the timers that are due at tick t, t + kSlots, t + 2 kSlots, … Advance
// visits the occupied slots between the last tick and this one, and fires those whose round it is.

namespace sluice {

TimerWheel::TimerWheel(const Clock& clock) : clock_(clock), origin_(clock.Now()) {}

uint64_t TimerWheel::TickOf(absl::Time time) const {
  absl::Duration rest;
  const int64_t ticks = absl::IDivDuration(time - origin_, kTick, &rest);
  if (ticks < 0) return 0;
  if (ticks == std::numeric_limits<int64_t>::max()) return static_cast<uint64_t>(ticks);
  return static_cast<uint64_t>(ticks) + (rest > absl::ZeroDuration() ? 1 : 0);
}

void TimerWheel::Insert(Timer& timer) {
  const size_t slot = timer.due_tick_ % kSlots;
  timer.previous_ = nullptr;
  timer.next_ = slots_[slot];
  if (timer.next_ != nullptr) timer.next_->previous_ = &timer;
  slots_[slot] = &timer;
  occupied_[slot / 64] |= uint64_t{1} << (slot % 64);
  ++armed_;
}

void TimerWheel::Remove(Timer& timer) {
  const size_t slot = timer.due_tick_ % kSlots;
  if (timer.next_ != nullptr) timer.next_->previous_ = timer.previous_;
  if (timer.previous_ != nullptr) {
    timer.previous_->next_ = timer.next_;
  } else if (due_ == &timer) {
    due_ = timer.next_;
  } else {
    slots_[slot] = timer.next_;
    if (timer.next_ == nullptr) occupied_[slot / 64] &= ~(uint64_t{1} << (slot % 64));
  }
  timer.next_ = timer.previous_ = nullptr;
  --armed_;
}

uint64_t TimerWheel::NextOccupiedTick(uint64_t after) const {
  const size_t first = (after + 1) % kSlots;
  // One word more than there are: the first may have its answer below `first`, a round later.
  for (size_t i = 0; i <= occupied_.size(); ++i) {
    const size_t index = (first / 64 + i) % occupied_.size();
    uint64_t word = occupied_[index];
    if (i == 0) word &= ~uint64_t{0} << (first % 64);
    if (word == 0) continue;
    const size_t slot = index * 64 + static_cast<size_t>(std::countr_zero(word));
    return after + 1 + (slot + kSlots - first) % kSlots;
  }
  return std::numeric_limits<uint64_t>::max();
}

std::vector<Timer*> TimerWheel::TakeDue(uint64_t tick) {
  std::vector<Timer*> due;
  const uint64_t last = std::min(tick, current_tick_ + kSlots);
  uint64_t visited = current_tick_;
  while (armed_ > 0) {
    visited = NextOccupiedTick(visited);
    if (visited > last) break;
    for (Timer* timer = slots_[visited % kSlots]; timer != nullptr;) {
      Timer* const next = timer->next_;
      if (timer->due_tick_ <= tick) {
        Remove(*timer);
        due.push_back(timer);
      }
      timer = next;
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const Timer* a, const Timer* b) { return a->due_tick_ < b->due_tick_; });
  return due;
}

size_t TimerWheel::Advance() {
  const int64_t elapsed = (clock_.Now() - origin_) / kTick;
  const uint64_t tick = elapsed < 0 ? 0 : static_cast<uint64_t>(elapsed);
  if (tick <= current_tick_) return 0;
  if (armed_ == 0) {
    current_tick_ = tick;
    return 0;
  }
  // Linked again, in a list of their own, so that a callback can still disarm or destroy those that
  // come after it.
  const std::vector<Timer*> due = TakeDue(tick);
  current_tick_ = tick;
  for (auto it = due.rbegin(); it != due.rend(); ++it) {
    (*it)->next_ = due_;
    if (due_ != nullptr) due_->previous_ = *it;
    due_ = *it;
    ++armed_;
  }
  size_t fired = 0;
  while (due_ != nullptr) {
    Timer& timer = *due_;
    Remove(timer);
    timer.armed_ = false;
    ++fired;
    Fire(timer);
  }
  return fired;
}

void TimerWheel::Fire(Timer& timer) {
  // The callback may destroy the timer, and must not destroy itself with it while it runs.
  absl::AnyInvocable<void()> callback = std::move(timer.callback_);
  firing_ = &timer;
  callback();
  if (firing_ == &timer) timer.callback_ = std::move(callback);
  firing_ = nullptr;
}

absl::Time TimerWheel::NextDeadline() const {
  if (armed_ == 0) return absl::InfiniteFuture();
  const uint64_t tick = NextOccupiedTick(current_tick_);
  if (tick == std::numeric_limits<uint64_t>::max()) return absl::InfiniteFuture();
  return origin_ + kTick * static_cast<int64_t>(tick);
}

Timer::Timer(TimerWheel& wheel, absl::AnyInvocable<void()> callback)
    : wheel_(wheel), callback_(std::move(callback)) {}

Timer::~Timer() {
  Disarm();
  if (wheel_.firing_ == this) wheel_.firing_ = nullptr;
}

void Timer::Arm(absl::Duration delay) {
  Disarm();
  due_tick_ = std::max(wheel_.TickOf(wheel_.clock_.Now() + delay), wheel_.current_tick_ + 1);
  armed_ = true;
  wheel_.Insert(*this);
}

void Timer::Disarm() {
  if (!armed_) return;
  wheel_.Remove(*this);
  armed_ = false;
}

}  // namespace sluice
