// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/metrics.h"

#include <cassert>

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

MethodMeter& Metrics::Method(absl::string_view full_name, MethodMeter::Kind kind) {
  std::lock_guard lock(mu_);
  std::unique_ptr<MethodMeter>& meter = methods_[std::string(full_name)];
  if (meter == nullptr) meter = std::make_unique<MethodMeter>(full_name, kind);
  return *meter;
}

LoopMeter& Metrics::AddLoop() {
  std::lock_guard lock(mu_);
  assert(loops_.size() < MethodMeter::kMaxLoops);
  loops_.push_back(std::make_unique<LoopMeter>(loops_.size()));
  return *loops_.back();
}

std::vector<Metrics::NamedCounter> Metrics::Counters() const {
  std::lock_guard lock(mu_);
  std::vector<NamedCounter> all;
  all.reserve(counters_.size());
  for (const auto& [key, counter] : counters_)
    all.push_back({key.first, key.second, counter.get()});
  return all;
}

std::vector<const MethodMeter*> Metrics::Methods() const {
  std::lock_guard lock(mu_);
  std::vector<const MethodMeter*> all;
  all.reserve(methods_.size());
  for (const auto& [name, meter] : methods_) all.push_back(meter.get());
  return all;
}

std::vector<const LoopMeter*> Metrics::Loops() const {
  std::lock_guard lock(mu_);
  std::vector<const LoopMeter*> all;
  for (const auto& meter : loops_) all.push_back(meter.get());
  return all;
}

}  // namespace sluice
