// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sluice {

// A number that one thread changes and any may read: an addition without a locked instruction.
//
// Threads: Add on one; value on any.
class LoopCounter final {
 public:
  void Add(int64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// How often values fell into each of a few ranges.
//
// Bounds:  at most kMaxBounds ranges and one more for all that lies above.
// Threads: Add on one; the rest on any. Who reads while another adds may see a value counted and
//          its sum not yet.
class Histogram final {
 public:
  static constexpr size_t kMaxBounds = 15;

  // `bounds` are the greatest values of each range, ascending; they must outlive the histogram.
  explicit Histogram(absl::Span<const int64_t> bounds) : bounds_(bounds) {}

  void Add(int64_t value) {
    size_t range = 0;
    while (range < bounds_.size() && value > bounds_[range]) ++range;
    counts_[range].Add();
    sum_.Add(value);
  }

  absl::Span<const int64_t> bounds() const { return bounds_; }
  // Of the values above the bound before `range`, and not above its own.
  int64_t count(size_t range) const { return counts_[range].value(); }
  int64_t sum() const { return sum_.value(); }

 private:
  const absl::Span<const int64_t> bounds_;
  std::array<LoopCounter, kMaxBounds + 1> counts_;
  LoopCounter sum_;
};

}  // namespace sluice
