// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/worker.h"

#include <chrono>
#include <future>
#include <utility>

#include "absl/status/statusor.h"

namespace sluice {
namespace {

constexpr std::chrono::seconds kLongestTurn(2);

}  // namespace

Worker::Worker(const Clock& clock, Metrics& metrics, size_t max_topics)
    : metrics_(metrics), loop_(clock), relay_(loop_, metrics, max_topics) {}

Worker::~Worker() { Stop(); }

void Worker::Stop() {
  loop_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::Introduce(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<ShareDesk*> desks;
  for (const std::unique_ptr<Worker>& worker : workers) desks.push_back(&worker->relay_.desk());
  ShareDesk::Introduce(desks);
}

absl::Status Worker::Listen(const Listener::Options& options,
                            std::shared_ptr<const Snapshot> snapshot) {
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Open(
      loop_, metrics_, options,
      [this](std::unique_ptr<Exchange> exchange) { relay_.Serve(std::move(exchange)); });
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  TakeSnapshot(std::move(snapshot));
  return absl::OkStatus();
}

void Worker::Start() {
  thread_ = std::thread([this] { loop_.Run(); });
}

void Worker::UseSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  loop_.Post(
      [this, snapshot = std::move(snapshot)]() mutable { TakeSnapshot(std::move(snapshot)); });
}

void Worker::TakeSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  listener_->UseOrigins({snapshot, &snapshot->origins()});
  relay_.UseSnapshot(std::move(snapshot));
}

void Worker::Drain() {
  loop_.Post([this] {
    listener_->StopAccepting();
    relay_.Drain();
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
