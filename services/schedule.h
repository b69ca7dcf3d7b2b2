// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace sluice::demo {

// Calls back at a given time, on one thread of its own, so that thousands of waiting streams need
// no thread each.
//
// Bounds:  none of its own: a stream waits for at most one time, so the streams bound it.
// Threads: any. Callbacks run on the schedule's thread, one after the other, with no lock held;
//          they must not block.
class Schedule final {
 public:
  using Ticket = std::pair<absl::Time, uint64_t>;

  Schedule();
  // Forgets what is not due yet; waits for a callback that runs.
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // Monotonic: differences count, the point of origin means nothing.
  static absl::Time Now();

  Ticket At(absl::Time due, absl::AnyInvocable<void()> callback);
  // Too late is no error: the callback may be running, or have run.
  void Cancel(const Ticket& ticket);

 private:
  void Run();

  std::mutex mu_;
  std::condition_variable changed_;
  std::map<Ticket, absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  uint64_t last_number_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  std::thread thread_;
};

}  // namespace sluice::demo
