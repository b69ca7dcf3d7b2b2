// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"

namespace sluice {

class Timer;

// Keeps many timers cheaply: arming and disarming cost a few pointers, whatever their number.
//
// Bounds:  a timer fires at most one tick late and never early; longer waits go round the wheel.
// Threads: one, its loop's.
class TimerWheel final {
 public:
  static constexpr absl::Duration kTick = absl::Milliseconds(5);

  // `clock` must outlive the wheel; the wheel must outlive its timers.
  explicit TimerWheel(const Clock& clock);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Fires what is due, and returns how many that were. Timers armed by a callback fire at the next
  // call at the earliest.
  size_t Advance();

  // When Advance should be called next; InfiniteFuture while no timer is armed. May be early for
  // timers that are more than one round away.
  absl::Time NextDeadline() const;

 private:
  friend class Timer;
  static constexpr size_t kSlots = 4096;

  uint64_t TickOf(absl::Time time) const;  // rounds up
  void Insert(Timer& timer);
  void Remove(Timer& timer);
  void Fire(Timer& timer);
  std::vector<Timer*> TakeDue(uint64_t tick);
  uint64_t NextOccupiedTick(uint64_t after) const;  // within the round that follows `after`

  const Clock& clock_;
  const absl::Time origin_;
  uint64_t current_tick_ = 0;
  size_t armed_ = 0;
  std::array<Timer*, kSlots> slots_{};            // heads of doubly linked lists
  Timer* due_ = nullptr;                          // those that the running Advance will fire
  Timer* firing_ = nullptr;                       // whose callback runs, until it is destroyed
  std::array<uint64_t, kSlots / 64> occupied_{};  // a bit a slot
};

// One timer: RAII, disarms itself when destroyed. Its callback may arm, disarm or destroy it.
//
// Threads: its wheel's.
class Timer final {
 public:
  Timer(TimerWheel& wheel, absl::AnyInvocable<void()> callback);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Fires once, `delay` from now; replaces an earlier Arm.
  void Arm(absl::Duration delay);
  void Disarm();
  bool armed() const { return armed_; }

 private:
  friend class TimerWheel;

  TimerWheel& wheel_;
  absl::AnyInvocable<void()> callback_;
  uint64_t due_tick_ = 0;
  bool armed_ = false;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
};

}  // namespace sluice
