// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/failure_streak.h"

#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

BuiltCall Asked(const std::string& id = "", uint64_t asked_hash = 1) {
  BuiltCall built;
  built.call.path = "/t.Feed/Watch";
  built.last_event_id = id;
  built.asked_hash = asked_hash;
  return built;
}

class FailureStreakTest : public testing::Test {
 protected:
  // A browser asks, and its stream fails.
  int Fail(const BuiltCall& built, const std::string& last_id = "",
           absl::Duration lasted = absl::ZeroDuration()) {
    FailureStreak streak(memory_, built, now_);
    return streak.Failed(memory_, {last_id, lasted}, now_);
  }

  RetryMemory memory_;
  absl::Time now_ = absl::FromUnixSeconds(1'000);
};

TEST_F(FailureStreakTest, GrowsWithEveryFailureAtTheSamePlace) {
  for (const int failures : {1, 2, 3, 4}) EXPECT_EQ(Fail(Asked("a")), failures);
  EXPECT_EQ(Fail(Asked("b")), 1);
  EXPECT_EQ(Fail(Asked("a", 2)), 1);
}

TEST_F(FailureStreakTest, FollowsABrowserThatGetsOneEventEachTime) {
  EXPECT_EQ(Fail(Asked(""), "1"), 1);
  EXPECT_EQ(Fail(Asked("1"), "2"), 2);
  EXPECT_EQ(Fail(Asked("2"), "3"), 3);
  EXPECT_EQ(Fail(Asked("")), 1);  // another browser, that has just come
}

TEST_F(FailureStreakTest, BeginsAnewOnceAStreamHasLasted) {
  EXPECT_EQ(Fail(Asked()), 1);
  EXPECT_EQ(Fail(Asked(), "", FailureStreak::kWellAfter), 2);
  EXPECT_EQ(Fail(Asked(), "", FailureStreak::kWellAfter + absl::Seconds(1)), 1);
  EXPECT_EQ(Fail(Asked()), 2);
}

TEST_F(FailureStreakTest, CountsACrowdThatFailsAtOnceAsOneFailure) {
  std::vector<FailureStreak> crowd;
  for (int i = 0; i < 100; ++i) crowd.emplace_back(memory_, Asked(), now_);
  for (FailureStreak& streak : crowd) {
    EXPECT_EQ(streak.Failed(memory_, {"", absl::ZeroDuration()}, now_), 1);
  }
  EXPECT_EQ(Fail(Asked()), 2);
}

TEST_F(FailureStreakTest, ForgetsABrowserThatDoesNotComeBack) {
  Fail(Asked());
  now_ += absl::Minutes(4);
  EXPECT_EQ(Fail(Asked()), 2);
  now_ += absl::Minutes(6);
  EXPECT_EQ(Fail(Asked()), 1);
}

TEST_F(FailureStreakTest, TellsCallersApartButNotTheRequestsOfOne) {
  BuiltCall mine = Asked();
  mine.call.metadata = {{"authorization", "a"}, {"x-request-id", "1"}, {"traceparent", "x"}};
  Fail(mine);
  mine.call.metadata = {{"authorization", "a"}, {"x-request-id", "2"}, {"x-forwarded-for", "y"}};
  EXPECT_EQ(Fail(mine), 2);
  mine.call.metadata[0].second = "b";
  EXPECT_EQ(Fail(mine), 1);
}

TEST_F(FailureStreakTest, NeverCountsBeyondABound) {
  for (int i = 0; i < 300; ++i) EXPECT_LE(Fail(Asked()), 100);
}

}  // namespace
}  // namespace sluice
