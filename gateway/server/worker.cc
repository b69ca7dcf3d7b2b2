// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/worker.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "absl/status/statusor.h"

namespace sluice {
namespace {

constexpr std::chrono::seconds kLongestTurn(2);
constexpr absl::Duration kLookEvery = absl::Milliseconds(250);

}  // namespace

Worker::Worker(const Clock& clock, Metrics& metrics, std::shared_ptr<const Snapshot> snapshot)
    : metrics_(metrics),
      loop_(clock),
      relay_(loop_, metrics),
      look_(loop_.timers(), [this] { Look(); }) {
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
  next_look_ = loop_.clock().Now() + kLookEvery;
  look_.Arm(kLookEvery);
  thread_ = std::thread([this] { loop_.Run(); });
}

void Worker::Look() {
  const absl::Time now = loop_.clock().Now();
  const absl::Duration late = std::max(now - next_look_, absl::ZeroDuration());
  relay_.meter().lag_micros.Add(absl::ToInt64Microseconds(late));
  relay_.meter().connections.Set(static_cast<int64_t>(listener_->connection_count()));
  next_look_ = now + kLookEvery;
  look_.Arm(kLookEvery);
}

void Worker::UseSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  loop_.Post([this, snapshot = std::move(snapshot)]() mutable {
    relay_.UseSnapshot(std::move(snapshot));
  });
}

void Worker::Drain(absl::Duration window) {
  loop_.Post([this, window] {
    listener_->StopAccepting();
    relay_.Drain(window);
  });
}

size_t Worker::CountActive() {
  std::promise<size_t> counted;
  std::future<size_t> count = counted.get_future();
  loop_.Post(
      [this, counted = std::move(counted)]() mutable { counted.set_value(relay_.active()); });
  return count.wait_for(kLongestTurn) == std::future_status::ready ? count.get() : 0;
}

}  // namespace sluice
