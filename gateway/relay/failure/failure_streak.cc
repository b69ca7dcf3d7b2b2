// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/failure_streak.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/hash/hash.h"

namespace sluice {
namespace {

constexpr int kMostFailures = 100;
// Whoever has not come back by then is not the browser that it was: what a pause grows to is well
// below. A longer one, which the service or the route asks for, needs no growth.
constexpr absl::Duration kLongestAway = absl::Minutes(5);

constexpr absl::string_view kOfOneRequest[] = {"traceparent", "tracestate", "x-request-id",
                                               "x-forwarded-for", "last-event-id"};

uint64_t HashOf(const BuiltCall& built) {
  uint64_t hash = absl::HashOf(built.call.path, built.asked_hash);
  for (const auto& [name, value] : built.call.metadata) {
    if (std::find(std::begin(kOfOneRequest), std::end(kOfOneRequest), name) ==
        std::end(kOfOneRequest)) {
      hash = absl::HashOf(hash, name, value);
    }
  }
  return hash;
}

}  // namespace

FailureStreak::FailureStreak(const RetryMemory& memory, const BuiltCall& call, absl::Time now)
    : request_(HashOf(call)),
      place_(absl::HashOf(request_, call.last_event_id)),
      before_(memory.FailuresBefore(place_, now)) {}

int FailureStreak::Failed(RetryMemory& memory, const End& end, absl::Time now) {
  const bool was_well = end.lasted > kWellAfter;
  const int failures = was_well ? 1 : std::min(before_ + 1, kMostFailures);
  if (!end.last_id.empty()) place_ = absl::HashOf(request_, end.last_id);
  memory.Remember(place_, failures, now + kLongestAway);
  return failures;
}

}  // namespace sluice
