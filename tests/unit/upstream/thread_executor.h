// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "gateway/base/loop/executor.h"

namespace sluice {

// A thread that runs what is posted. What is left when it is destroyed never runs.
class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor() : thread_([this] { Run(); }) {}
  ~ThreadExecutor() override {
    {
      std::lock_guard lock(mu_);
      stopped_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void Post(absl::AnyInvocable<void()> work) override {
    {
      std::lock_guard lock(mu_);
      work_.push_back(std::move(work));
    }
    changed_.notify_one();
  }

  // Runs `work` on the thread and waits for it.
  template <typename Work>
  void RunAndWait(Work work) {
    std::promise<void> done;
    Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  void Run() {
    std::unique_lock lock(mu_);
    while (true) {
      changed_.wait(lock, [this] { return stopped_ || !work_.empty(); });
      if (stopped_) return;
      absl::AnyInvocable<void()> work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }

  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<absl::AnyInvocable<void()>> work_;
  bool stopped_ = false;
  std::thread thread_;
};

// Keeps what is posted until the test runs it.
class ManualExecutor final : public Executor {
 public:
  void Post(absl::AnyInvocable<void()> work) override {
    {
      std::lock_guard lock(mu_);
      work_.push_back(std::move(work));
    }
    changed_.notify_all();
  }

  void WaitForWork() {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [this] { return !work_.empty(); });
  }

  size_t waiting() {
    std::lock_guard lock(mu_);
    return work_.size();
  }

  void RunOne() {
    absl::AnyInvocable<void()> work;
    {
      std::lock_guard lock(mu_);
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<absl::AnyInvocable<void()>> work_;
};

}  // namespace sluice
