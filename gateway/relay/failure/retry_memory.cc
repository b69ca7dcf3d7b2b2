// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/retry_memory.h"

#include <utility>

namespace sluice {

int RetryMemory::FailuresBefore(uint64_t place, absl::Time now) const {
  std::lock_guard lock(mu_);
  for (const Places* places : {&newer_, &older_}) {
    const auto found = places->find(place);
    if (found != places->end()) return now < found->second.until ? found->second.failures : 0;
  }
  return 0;
}

void RetryMemory::Remember(uint64_t place, int failures, absl::Time until) {
  std::lock_guard lock(mu_);
  if (newer_.size() >= max_places_ / 2 && !newer_.contains(place)) {
    older_ = std::exchange(newer_, Places());
  }
  newer_[place] = {failures, until};
}

}  // namespace sluice
