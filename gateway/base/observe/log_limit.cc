// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log_limit.h"

namespace sluice {

std::optional<uint64_t> LogLimit::Admit(absl::Time now) {
  const int64_t now_nanos = absl::ToUnixNanos(now);
  int64_t next = next_nanos_.load(std::memory_order_relaxed);
  const bool admitted = now_nanos >= next && next_nanos_.compare_exchange_strong(
                                                 next, now_nanos + absl::ToInt64Nanoseconds(kEvery),
                                                 std::memory_order_relaxed);
  if (admitted) return held_back_.exchange(0, std::memory_order_relaxed);
  held_back_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

}  // namespace sluice
