// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/worker.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sluice {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(250);
constexpr absl::Duration kShowEvery = absl::Seconds(1);

}  // namespace

Worker::Worker(const Clock& clock, Metrics& metrics, size_t max_topics,
               const std::atomic<bool>& ready)
    : metrics_(metrics),
      loop_(clock),
      relay_(loop_, metrics, max_topics),
      look_(loop_.timers(), [this] { Look(); }),
      show_again_(loop_.timers(), [this] { ShowTopics(); }),
      topics_(std::make_shared<const std::vector<Hub::Shown>>()) {
  relay_.AnswerHealthBy(ready);
}

Worker::~Worker() { Stop(); }

void Worker::Stop() {
  loop_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::Introduce(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<TopicDirectory*> directories;
  for (const std::unique_ptr<Worker>& worker : workers)
    directories.push_back(&worker->relay_.directory());
  TopicDirectory::SetPeers(directories);
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
  next_look_ = loop_.clock().Now() + kLookEvery;
  look_.Arm(kLookEvery);
  show_again_.Arm(kShowEvery);
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
  loop_.Post(
      [this, snapshot = std::move(snapshot)]() mutable { TakeSnapshot(std::move(snapshot)); });
}

void Worker::TakeSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  listener_->UseOrigins({snapshot, &snapshot->origins()});
  relay_.UseSnapshot(std::move(snapshot));
}

void Worker::Drain(absl::Duration window) {
  loop_.Post([this, window] {
    listener_->StopAccepting();
    relay_.Drain(window);
  });
}

// Who asks must not make a loop wait, nor wait for one.
void Worker::ShowTopics() {
  auto shown = std::make_shared<const std::vector<Hub::Shown>>(relay_.directory().hub().Show());
  {
    std::lock_guard lock(mu_);
    topics_.swap(shown);
  }
  show_again_.Arm(kShowEvery);
}

std::shared_ptr<const std::vector<Hub::Shown>> Worker::topics() const {
  std::lock_guard lock(mu_);
  return topics_;
}

std::optional<size_t> Worker::CountActive(absl::Duration at_most) {
  std::promise<size_t> counted;
  std::future<size_t> count = counted.get_future();
  loop_.Post(
      [this, counted = std::move(counted)]() mutable { counted.set_value(relay_.active()); });
  if (count.wait_for(absl::ToChronoNanoseconds(at_most)) != std::future_status::ready) return {};
  return count.get();
}

}  // namespace sluice
