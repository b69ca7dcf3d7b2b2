// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "gateway/base/loop/clock.h"

namespace sluice {

// A clock that stands still until it is told to move.
//
// Threads: any.
class FakeClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixNanos(nanos_.load()); }
  void Advance(absl::Duration step) { nanos_ += absl::ToInt64Nanoseconds(step); }

 private:
  std::atomic<int64_t> nanos_{1'000'000'000'000};
};

}  // namespace sluice
