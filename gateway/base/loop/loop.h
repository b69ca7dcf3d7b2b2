// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"
#include "gateway/base/loop/executor.h"
#include "gateway/base/loop/timer_wheel.h"

namespace sluice {

// One thread's event loop: readiness of descriptors (FdWatch), timers, posted work. Boost.Asio
// behind.
//
// Ownership: everything that lives on the loop must be gone before the loop is.
// Threads:   Run's caller is the loop's thread. Post, Stop and last_turn may be called from any.
class Loop final : public Executor {
 public:
  // `clock` must outlive the loop.
  explicit Loop(const Clock& clock);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until Stop.
  void Run();
  void Stop();

  // Runs what is ready now, timers that are due included, and returns: for tests with a clock of
  // their own, and for the last turns of a process. Returns the number of things done.
  size_t RunReady();

  void Post(absl::AnyInvocable<void()> work) override;

  TimerWheel& timers() { return timers_; }
  const Clock& clock() const { return clock_; }

  // When the loop last came round; it does so at least once a second while Run runs.
  absl::Time last_turn() const;

 private:
  friend class FdWatch;
  struct Reactor;  // Boost.Asio's io_context and timer

  void ArmReactorTimer();
  size_t Turn();  // what belongs to every turn: the time, and the timers

  const Clock& clock_;
  TimerWheel timers_;
  std::unique_ptr<Reactor> reactor_;
  std::atomic<int64_t> last_turn_nanos_;
};

}  // namespace sluice
