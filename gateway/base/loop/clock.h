// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"

namespace sluice {

// Tells the time that only goes forward: differences count, the point of origin means nothing, and
// setting the wall clock back does not move it.
//
// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Time Now() const = 0;
};

// The machine's monotonic clock.
class MonotonicClock final : public Clock {
 public:
  absl::Time Now() const override;
};

}  // namespace sluice
