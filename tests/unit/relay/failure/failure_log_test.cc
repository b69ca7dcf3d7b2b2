// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/failure_log.h"

#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000);

TEST(FailureLog, CountsUnreadableMessagesByTheirKind) {
  Metrics metrics;
  FailureLog log("t.Feed.Watch", metrics);
  for (int i = 0; i < 3; ++i) log.NoteUnreadable(FaultError(EventFault::kNotUtf8, "why"), kNow);
  log.NoteUnreadable(FaultError(EventFault::kValue, "why"), kNow);
  EXPECT_EQ(metrics.Value("unreadable_not_utf8", "t.Feed.Watch"), 3u);
  EXPECT_EQ(metrics.Value("unreadable_value", "t.Feed.Watch"), 1u);
  EXPECT_EQ(metrics.Value("unreadable_malformed", "t.Feed.Watch"), 0u);
}

TEST(FailureLog, CountsWhatTheTransportDidNotTake) {
  Metrics metrics;
  FailureLog log("t.Feed.Watch", metrics);
  log.NoteEnd({.code = absl::StatusCode::kDataLoss, .lost = LostMessage::kTooLarge}, kNow);
  log.NoteEnd({.code = absl::StatusCode::kDataLoss, .lost = LostMessage::kBroken}, kNow);
  log.NoteEnd({.code = absl::StatusCode::kDataLoss}, kNow);
  log.NoteEnd({.code = static_cast<absl::StatusCode>(77)}, kNow);
  EXPECT_EQ(metrics.Value("unreadable_too_large", "t.Feed.Watch"), 1u);
  EXPECT_EQ(metrics.Value("unreadable_malformed", "t.Feed.Watch"), 1u);
}

// What the lines look like is asserted by the integration tests, on a process of its own.
TEST(FailureLog, MakesNoCountersForARouteWithoutFaults) {
  Metrics metrics;
  FailureLog log("t.Feed.Watch", metrics);
  log.NoteEnd({.code = absl::StatusCode::kUnavailable}, kNow);
  EXPECT_TRUE(metrics.Counters().empty());
}

}  // namespace
}  // namespace sluice
