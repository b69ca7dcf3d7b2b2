// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/time/time.h"

namespace sluice {

// Lets something be logged once a minute, however often it happens.
//
// Threads: any. Where two come at once, both may count with the next line.
class LogLimit final {
 public:
  static constexpr absl::Duration kEvery = absl::Minutes(1);

  // How many were held back since the line before, if this one may be logged; nothing if it is held
  // back, too.
  std::optional<uint64_t> Admit(absl::Time now);

 private:
  std::atomic<int64_t> next_nanos_{std::numeric_limits<int64_t>::min()};
  std::atomic<uint64_t> held_back_{0};
};

}  // namespace sluice
