// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/base/observe/histogram.h"

namespace sluice {

// How a stream, or the one subscription of a browser to a shared stream, can end.
enum class StreamEnd : uint8_t {
  kOk,            // the service ended it well
  kFailed,        // the service ended it with an error
  kRefused,       // the same, before the head was sent
  kGone,          // the browser left
  kDrain,         // the gateway is going down
  kMaxAge,        // it reached its greatest age
  kSlowConsumer,  // the browser fell behind by more than is kept
  kOverload,      // the gateway had no room for it
  kStopped,       // the gateway ended it at once
};
inline constexpr size_t kStreamEnds = 9;

// `slow_consumer`
absl::string_view NameOf(StreamEnd end);
// The end of that name; kFailed for any other.
StreamEnd StreamEndOf(absl::string_view name);

inline constexpr size_t kRpcCodes = 17;  // 0 to 16

// What one loop counts of one method.
//
// Threads: changed by its loop alone, read by any.
struct MethodCounts {
  MethodCounts();

  LoopCounter opened;
  std::array<LoopCounter, kStreamEnds> ended;
  LoopCounter events;
  LoopCounter bytes;                         // of events, as they are sent
  Histogram first_event_micros;              // from the request to the first event of the service
  std::array<LoopCounter, kRpcCodes> calls;  // by the code with which the RPC ended

  void CountEnd(StreamEnd end) { ended[static_cast<size_t>(end)].Add(); }
  void CountCall(absl::StatusCode code) {
    const auto number = static_cast<size_t>(code);
    calls[number < kRpcCodes ? number : static_cast<size_t>(absl::StatusCode::kUnknown)].Add();
  }
};

// What is counted of one method of the catalog, for each loop on its own.
//
// Bounds:  kMaxLoops. Counts are made when a loop first needs them, so that a method that nobody
//          asks for costs little.
// Threads: OnLoop on the loop that it names; the rest on any.
class MethodMeter final {
 public:
  static constexpr size_t kMaxLoops = 128;

  enum class Kind { kStream, kUnary };

  MethodMeter(absl::string_view full_name, Kind kind) : full_name_(full_name), kind_(kind) {}
  ~MethodMeter();
  MethodMeter(const MethodMeter&) = delete;
  MethodMeter& operator=(const MethodMeter&) = delete;

  const std::string& full_name() const { return full_name_; }  // `demo.v1.Ticker.Watch`
  Kind kind() const { return kind_; }

  // REQUIRES: `loop` is below kMaxLoops.
  MethodCounts& OnLoop(size_t loop);

  // Streams or calls of all loops.
  struct Totals {
    int64_t opened = 0;
    int64_t ended = 0;
    int64_t open() const { return std::max<int64_t>(0, opened - ended); }
  };
  Totals totals() const;

  // Calls `visit` with the counts of each loop that has some.
  template <typename Visit>
  void ForEachLoop(Visit visit) const {
    for (const auto& counts : counts_) {
      const MethodCounts* const found = counts.load(std::memory_order_acquire);
      if (found != nullptr) visit(*found);
    }
  }

 private:
  const std::string full_name_;
  const Kind kind_;
  std::array<std::atomic<MethodCounts*>, kMaxLoops> counts_{};
};

// What one loop counts of itself.
//
// Threads: changed by its loop alone, read by any.
struct LoopMeter {
  explicit LoopMeter(size_t number);

  const size_t number;
  Histogram lag_micros;        // by how much a timer came too late
  Histogram event_bytes;       // of each event, as it is sent
  LoopCounter log_bytes_held;  // written for browsers and not taken by the kernel yet
  LoopCounter connections;     // open now
};

}  // namespace sluice
