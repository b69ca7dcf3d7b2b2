// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"

namespace sluice::demo {

// What tests look at: how often each method was called, and what is open now.
//
// Bounds:  as many names as there are methods.
// Threads: any.
class Tally final {
 public:
  Tally() = default;
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  // `method` as it stands in the HTTP/2 path: `/demo.v1.Clock/Watch`.
  void CountCall(const std::string& method) {
    std::lock_guard lock(mu_);
    ++calls_[method];
  }
  int calls(const std::string& method) const {
    std::lock_guard lock(mu_);
    const auto found = calls_.find(method);
    return found == calls_.end() ? 0 : found->second;
  }

  // A streaming call, from its beginning to its end.
  void BeginStream(const std::string& method) {
    CountCall(method);
    ++open_streams;
    std::lock_guard lock(mu_);
    ++running_[method];
  }
  void EndStream(const std::string& method) {
    --open_streams;
    std::lock_guard lock(mu_);
    --running_[method];
  }
  int running(const std::string& method) const {
    std::lock_guard lock(mu_);
    const auto found = running_.find(method);
    return found == running_.end() ? 0 : found->second;
  }

  std::atomic<int> open_streams = 0;
  // Unary calls that have not been answered yet.
  std::atomic<int> open_unary = 0;
  std::atomic<long> messages_sent = 0;

 private:
  mutable std::mutex mu_;
  std::map<std::string, int> calls_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> running_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice::demo
