// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/listener.h"
#include "gateway/hub/hub.h"
#include "gateway/relay/relay.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// One loop with all that lives on it, and its thread.
//
// Threads: made, started and destroyed on one thread; the methods say which others may call them.
class Worker final {
 public:
  // `ready`: what load balancers are told on the browsers' port. All but `max_topics` must outlive
  // the worker.
  Worker(const Clock& clock, Metrics& metrics, size_t max_topics, const std::atomic<bool>& ready);
  // Breaks off what runs. REQUIRES: every worker was stopped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // REQUIRES: not started yet.
  absl::Status Listen(const Listener::Options& options, std::shared_ptr<const Snapshot> snapshot);
  uint16_t port() const { return listener_->port(); }
  void Start();
  // The loop does not turn any more. From the thread that started it.
  void Stop();
  // All workers of a server, before the first starts: they share topics.
  static void Introduce(const std::vector<std::unique_ptr<Worker>>& workers);

  // From any thread.
  void UseSnapshot(std::shared_ptr<const Snapshot> snapshot);
  // Says goodbye to every stream, evenly over `window`.
  void Drain(absl::Duration window);
  absl::Time last_turn() const { return loop_.last_turn(); }
  // Waits until the loop has looked: never from a loop. Nothing if it does not come round within
  // `at_most`: then nobody knows.
  std::optional<size_t> CountActive(absl::Duration at_most);
  // The shared streams whose home is this loop, as they were at most a second ago.
  std::shared_ptr<const std::vector<Hub::Shown>> topics() const;

 private:
  void Look();
  void ShowTopics();
  void TakeSnapshot(std::shared_ptr<const Snapshot> snapshot);

  Metrics& metrics_;
  Loop loop_;
  Relay relay_;
  Timer look_;  // measures how late it comes
  absl::Time next_look_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;

  Timer show_again_;
  mutable std::mutex mu_;
  std::shared_ptr<const std::vector<Hub::Shown>> topics_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice
