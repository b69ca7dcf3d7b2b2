// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "gateway/base/observe/method_meter.h"

namespace sluice {

// A number that only grows. Threads: any.
class Counter final {
 public:
  void Add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// All that a process counts: counters by name and by one label, which any thread may add to, and
// what each loop counts for itself, of itself and of each method. Knows nothing of how it is shown.
//
// Bounds:    as many counters as the code and the catalog name; a label never comes from a request.
// Ownership: owns them; all are valid as long as the registry.
// Threads:   any. What looks up or adds locks: do it when something is built; keep the reference.
class Metrics final {
 public:
  // The counter `name` with `label` (`reason`, route or empty); made when first asked for.
  Counter& GetCounter(absl::string_view name, absl::string_view label = "");

  // 0 for a counter that nobody has asked for.
  uint64_t Value(absl::string_view name, absl::string_view label = "") const;

  // The meter of a method by its full name; made when first asked for.
  MethodMeter& Method(absl::string_view full_name, MethodMeter::Kind kind);

  // The meter of one loop more. REQUIRES: fewer than MethodMeter::kMaxLoops loops so far.
  LoopMeter& AddLoop();

  struct NamedCounter {
    absl::string_view name;
    absl::string_view label;
    const Counter* counter;
  };
  // All there are now, sorted.
  std::vector<NamedCounter> Counters() const;
  std::vector<const MethodMeter*> Methods() const;
  std::vector<const LoopMeter*> Loops() const;

 private:
  using Key = std::pair<std::string, std::string>;

  mutable std::mutex mu_;
  std::map<Key, std::unique_ptr<Counter>> counters_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, std::unique_ptr<MethodMeter>, std::less<>> methods_ ABSL_GUARDED_BY(mu_);
  std::vector<std::unique_ptr<LoopMeter>> loops_ ABSL_GUARDED_BY(mu_);
};

}  // namespace sluice
