// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"

namespace sluice {

// A number that only grows. Threads: any.
class Counter final {
 public:
  void Add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// All counters of a process, by name and by one label.
//
// Bounds:  as many counters as the code and the catalog name; a label never comes from a request.
// Threads: any. GetCounter locks: call it when something is built, keep the reference.
class Metrics final {
 public:
  // The counter `name` with `label` (`reason`, route or empty); made when first asked for. Valid as
  // long as the registry.
  Counter& GetCounter(absl::string_view name, absl::string_view label = "");

  // 0 for a counter that nobody has asked for.
  uint64_t Value(absl::string_view name, absl::string_view label = "") const;

 private:
  using Key = std::pair<std::string, std::string>;

  mutable std::mutex mu_;
  std::map<Key, std::unique_ptr<Counter>> counters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice
