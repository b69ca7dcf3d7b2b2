// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/paced_calls.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

class FarewellTest : public testing::Test {
 protected:
  std::vector<absl::AnyInvocable<void()>> Goodbyes(int count) {
    std::vector<absl::AnyInvocable<void()>> goodbyes;
    for (int i = 0; i < count; ++i) goodbyes.emplace_back([this] { ++said_; });
    return goodbyes;
  }

  void Pass(absl::Duration time) {
    clock_.Advance(time);
    loop_.RunReady();
  }

  FakeClock clock_;
  Loop loop_{clock_};
  int said_ = 0;
};

TEST_F(FarewellTest, SaysAllAtOnceWithoutAWindow) {
  PacedCalls farewell(loop_);
  farewell.Begin(Goodbyes(5), absl::ZeroDuration());
  EXPECT_EQ(said_, 5);
}

TEST_F(FarewellTest, SpreadsThemEvenlyOverTheWindow) {
  PacedCalls farewell(loop_);
  farewell.Begin(Goodbyes(1000), absl::Seconds(10));
  for (int i = 0; i < 100; ++i) {
    const int before = said_;
    for (int step = 0; step < 20; ++step) Pass(absl::Milliseconds(5));
    EXPECT_LE(said_ - before, 13) << "in the 100 ms after " << i;
  }
  Pass(absl::Milliseconds(50));
  EXPECT_EQ(said_, 1000);
}

TEST_F(FarewellTest, CatchesUpAfterAPauseOfTheLoop) {
  PacedCalls farewell(loop_);
  farewell.Begin(Goodbyes(10), absl::Seconds(10));
  Pass(absl::Seconds(5));
  EXPECT_EQ(said_, 5);
  Pass(absl::Hours(1));
  EXPECT_EQ(said_, 10);
}

TEST_F(FarewellTest, ASecondOneReplacesTheFirst) {
  PacedCalls farewell(loop_);
  farewell.Begin(Goodbyes(10), absl::Seconds(10));
  farewell.Begin(Goodbyes(3), absl::ZeroDuration());
  EXPECT_EQ(said_, 3);
  Pass(absl::Hours(1));
  EXPECT_EQ(said_, 3);
}

}  // namespace
}  // namespace sluice
