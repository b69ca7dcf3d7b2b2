// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/clock.h"

#include <chrono>

namespace sluice {

absl::Time MonotonicClock::Now() const {
  const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
  return absl::UnixEpoch() + absl::FromChrono(since_origin);
}

}  // namespace sluice
