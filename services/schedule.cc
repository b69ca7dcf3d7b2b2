// SPDX-License-Identifier: Apache-2.0
#include "services/schedule.h"

#include <chrono>

namespace sluice::demo {

Schedule::Schedule() : thread_([this] { Run(); }) {}

Schedule::~Schedule() {
  {
    std::lock_guard lock(mu_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

absl::Time Schedule::Now() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Schedule::Ticket Schedule::At(absl::Time due, absl::AnyInvocable<void()> callback) {
  std::lock_guard lock(mu_);
  Ticket ticket(due, ++last_number_);
  auto position = waiting_.emplace(ticket, std::move(callback)).first;
  if (position == waiting_.begin()) changed_.notify_one();
  return ticket;
}

void Schedule::Cancel(const Ticket& ticket) {
  absl::AnyInvocable<void()> callback;
  std::lock_guard lock(mu_);
  auto found = waiting_.find(ticket);
  if (found == waiting_.end()) return;
  // Moved out, so that what it holds is released after the lock.
  callback = std::move(found->second);
  waiting_.erase(found);
}

void Schedule::Run() {
  std::unique_lock lock(mu_);
  while (!stopping_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const absl::Duration left = waiting_.begin()->first.first - Now();
    if (left > absl::ZeroDuration()) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(left));
      continue;
    }
    absl::AnyInvocable<void()> callback = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
  }
}

}  // namespace sluice::demo
