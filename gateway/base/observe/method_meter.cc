// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/method_meter.h"

namespace sluice {
namespace {

// In the order of StreamEnd.
constexpr std::array<absl::string_view, kStreamEnds> kEndNames = {
    "ok", "failed", "refused", "gone", "drain", "max_age", "slow_consumer", "overload", "stopped"};

constexpr std::array<int64_t, 12> kFirstEventMicros = {
    1'000,   2'500,   5'000,     10'000,    25'000,     50'000,
    100'000, 250'000, 1'000'000, 2'500'000, 10'000'000, 60'000'000};
// A timer may come a tick of the wheel (5 ms) late, and then nothing is wrong.
constexpr std::array<int64_t, 9> kLagMicros = {5'000,   10'000,    25'000,    50'000,    100'000,
                                               250'000, 1'000'000, 2'500'000, 10'000'000};
// 64 KiB is where common clients of Go stop.
constexpr std::array<int64_t, 10> kEventBytes = {64,    128,    256,    512,     1'024,
                                                 4'096, 16'384, 65'536, 262'144, 1'048'576};

}  // namespace

absl::string_view NameOf(StreamEnd end) { return kEndNames[static_cast<size_t>(end)]; }

StreamEnd StreamEndOf(absl::string_view name) {
  for (size_t i = 0; i < kStreamEnds; ++i) {
    if (kEndNames[i] == name) return static_cast<StreamEnd>(i);
  }
  return StreamEnd::kFailed;
}

MethodCounts::MethodCounts() : first_event_micros(kFirstEventMicros) {}

MethodMeter::~MethodMeter() {
  for (auto& counts : counts_) delete counts.load();
}

// The ends first: a stream that opens and ends in between counts as open, not as less than none.
MethodMeter::Totals MethodMeter::totals() const {
  Totals totals;
  ForEachLoop([&totals](const MethodCounts& counts) {
    for (const LoopCounter& end : counts.ended) totals.ended += end.value();
    totals.opened += counts.opened.value();
  });
  return totals;
}

MethodCounts& MethodMeter::OnLoop(size_t loop) {
  MethodCounts* counts = counts_[loop].load(std::memory_order_relaxed);
  if (counts == nullptr) {
    counts = new MethodCounts();
    counts_[loop].store(counts, std::memory_order_release);
  }
  return *counts;
}

LoopMeter::LoopMeter(size_t loop_number)
    : number(loop_number), lag_micros(kLagMicros), event_bytes(kEventBytes) {}

}  // namespace sluice
