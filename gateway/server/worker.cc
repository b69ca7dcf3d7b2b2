// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/worker.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"

namespace sluice {
namespace {

constexpr absl::Duration kLongestTurn = absl::Seconds(2);

// Outlives whoever stopped waiting for it.
struct Count {
  absl::Notification done;
  size_t active = 0;
};

}  // namespace

Worker::Worker(const Clock& clock, Metrics& metrics, std::shared_ptr<const Snapshot> snapshot)
    : metrics_(metrics), loop_(clock), relay_(loop_, metrics) {
  relay_.UseSnapshot(std::move(snapshot));
}

Worker::~Worker() {
  loop_.Stop();
  if (thread_.joinable()) thread_.join();
}

absl::Status Worker::Listen(const Listener::Options& options) {
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Open(
      loop_, metrics_, options,
      [this](std::unique_ptr<Exchange> exchange) { relay_.Serve(std::move(exchange)); });
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

void Worker::Start() {
  thread_ = std::thread([this] { loop_.Run(); });
}

void Worker::UseSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  loop_.Post([this, snapshot = std::move(snapshot)]() mutable {
    relay_.UseSnapshot(std::move(snapshot));
  });
}

void Worker::Drain() {
  loop_.Post([this] {
    listener_->StopAccepting();
    relay_.Drain();
  });
}

size_t Worker::CountActive() {
  auto count = std::make_shared<Count>();
  loop_.Post([this, count] {
    count->active = relay_.active();
    count->done.Notify();
  });
  return count->done.WaitForNotificationWithTimeout(kLongestTurn) ? count->active : 0;
}

}  // namespace sluice
