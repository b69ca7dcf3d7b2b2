// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/timer_wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;

class TimerWheelTest : public ::testing::Test {
 protected:
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    wheel_.Advance();
  }

  FakeClock clock_;
  TimerWheel wheel_{clock_};
};

TEST_F(TimerWheelTest, FiresOnceAndNeverEarly) {
  int fired = 0;
  Timer timer(wheel_, [&] { ++fired; });
  timer.Arm(absl::Milliseconds(12));
  EXPECT_TRUE(timer.armed());
  Pass(absl::Milliseconds(11));
  EXPECT_EQ(fired, 0);
  Pass(absl::Milliseconds(4));
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.armed());
  Pass(absl::Hours(1));
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerWheelTest, FiresAtMostOneTickLateWhateverTheDelay) {
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    const absl::Duration delay = absl::Milliseconds(random() % 100'000);
    const absl::Time start = clock_.Now();
    std::optional<absl::Time> fired;
    Timer timer(wheel_, [&] { fired = clock_.Now(); });
    timer.Arm(delay);
    while (!fired.has_value()) {
      const absl::Time next = wheel_.NextDeadline();
      ASSERT_GT(next, clock_.Now() - absl::Milliseconds(1));
      Pass(next - clock_.Now());
    }
    EXPECT_GE(*fired - start, delay);
    EXPECT_LE(*fired - start, delay + TimerWheel::kTick);
    Pass(absl::Milliseconds(random() % 40));
  }
}

TEST_F(TimerWheelTest, LetsLongWaitsGoRoundTheWheel) {
  int fired = 0;
  Timer timer(wheel_, [&] { ++fired; });
  timer.Arm(absl::Minutes(5));
  for (int i = 0; i < 299; ++i) Pass(absl::Seconds(1));
  EXPECT_EQ(fired, 0);
  Pass(absl::Milliseconds(1005));
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerWheelTest, FiresInTheOrderOfTimeAfterALongPause) {
  std::string fired;
  Timer late(wheel_, [&] { fired += 'c'; });
  Timer early(wheel_, [&] { fired += 'a'; });
  Timer middle(wheel_, [&] { fired += 'b'; });
  late.Arm(absl::Minutes(3));
  early.Arm(absl::Seconds(19));
  middle.Arm(absl::Seconds(21));
  Pass(absl::Hours(1));
  EXPECT_EQ(fired, "abc");
}

TEST_F(TimerWheelTest, DoesNotFireWhatWasDisarmedOrDestroyed) {
  int fired = 0;
  Timer timer(wheel_, [&] { ++fired; });
  auto other = std::make_unique<Timer>(wheel_, [&] { ++fired; });
  timer.Arm(absl::Milliseconds(10));
  other->Arm(absl::Milliseconds(10));
  timer.Disarm();
  other.reset();
  Pass(absl::Seconds(1));
  EXPECT_EQ(fired, 0);
  EXPECT_EQ(wheel_.NextDeadline(), absl::InfiniteFuture());
}

TEST_F(TimerWheelTest, ReplacesAnEarlierArm) {
  int fired = 0;
  Timer timer(wheel_, [&] { ++fired; });
  timer.Arm(absl::Milliseconds(10));
  timer.Arm(absl::Seconds(10));
  Pass(absl::Seconds(1));
  EXPECT_EQ(fired, 0);
  Pass(absl::Seconds(10));
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerWheelTest, LetsACallbackDisarmArmAndDestroy) {
  std::string fired;
  std::unique_ptr<Timer> first, second, third;
  first = std::make_unique<Timer>(wheel_, [&] {
    fired += '1';
    second->Disarm();
    third.reset();
    first->Arm(absl::ZeroDuration());
    if (fired == "11") first.reset();
  });
  second = std::make_unique<Timer>(wheel_, [&] { fired += '2'; });
  third = std::make_unique<Timer>(wheel_, [&] { fired += '3'; });
  first->Arm(absl::Milliseconds(5));
  second->Arm(absl::Milliseconds(10));
  third->Arm(absl::Milliseconds(10));
  Pass(absl::Seconds(1));
  EXPECT_EQ(fired, "1");
  EXPECT_EQ(wheel_.Advance(), 0u);
  Pass(absl::Milliseconds(5));
  EXPECT_EQ(fired, "11");
  EXPECT_EQ(first, nullptr);
}

TEST_F(TimerWheelTest, CountsWhatItFired) {
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 1000; ++i) {
    timers.push_back(std::make_unique<Timer>(wheel_, [] {}));
    timers.back()->Arm(absl::Milliseconds(i));
  }
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_EQ(wheel_.Advance(), 501u);
}

TEST_F(TimerWheelTest, NeverFiresWhatWaitsForEver) {
  int fired = 0;
  Timer timer(wheel_, [&] { ++fired; });
  timer.Arm(absl::InfiniteDuration());
  Pass(absl::Hours(100'000));
  EXPECT_EQ(fired, 0);
}

}  // namespace
}  // namespace sluice
