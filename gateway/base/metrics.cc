// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/metrics.h"

namespace sluice {

Counter& Metrics::GetCounter(absl::string_view name, absl::string_view label) {
  std::lock_guard lock(mu_);
  std::unique_ptr<Counter>& counter = counters_[Key(name, label)];
  if (counter == nullptr) counter = std::make_unique<Counter>();
  return *counter;
}

uint64_t Metrics::Value(absl::string_view name, absl::string_view label) const {
  std::lock_guard lock(mu_);
  const auto it = counters_.find(Key(name, label));
  return it == counters_.end() ? 0 : it->second->value();
}

}  // namespace sluice
