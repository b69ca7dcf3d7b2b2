// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

TEST(Loop, RunsPostedWorkInOrderAndNotInsidePost) {
  FakeClock clock;
  Loop loop(clock);
  std::string ran;
  loop.Post([&] {
    loop.Post([&] { ran += 'c'; });
    ran += 'a';
  });
  loop.Post([&] { ran += 'b'; });
  EXPECT_EQ(ran, "");
  EXPECT_EQ(loop.RunReady(), 3u);
  EXPECT_EQ(ran, "abc");
  EXPECT_EQ(loop.RunReady(), 0u);
}

TEST(Loop, FiresTimersThatAreDueByTheClockItWasGiven) {
  FakeClock clock;
  Loop loop(clock);
  int fired = 0;
  Timer timer(loop.timers(), [&] { ++fired; });
  timer.Arm(absl::Hours(1));
  clock.Advance(absl::Minutes(59));
  loop.RunReady();
  EXPECT_EQ(fired, 0);
  clock.Advance(absl::Minutes(2));
  loop.RunReady();
  EXPECT_EQ(fired, 1);
}

TEST(Loop, RunsWorkPostedFromManyThreadsUntilItIsStopped) {
  MonotonicClock clock;
  Loop loop(clock);
  std::atomic<int> ran{0};
  std::thread runner([&] { loop.Run(); });
  std::vector<std::thread> posters;
  for (int i = 0; i < 4; ++i) {
    posters.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        loop.Post([&] {
          if (++ran == 4000) loop.Stop();
        });
      }
    });
  }
  for (std::thread& poster : posters) poster.join();
  runner.join();
  EXPECT_EQ(ran, 4000);
}

TEST(Loop, SleepsNoLongerThanToItsNextTimer) {
  MonotonicClock clock;
  Loop loop(clock);
  Timer timer(loop.timers(), [&] { loop.Stop(); });
  timer.Arm(absl::Milliseconds(20));
  const absl::Time start = clock.Now();
  loop.Run();
  EXPECT_GE(clock.Now() - start, absl::Milliseconds(20));
  EXPECT_GE(loop.last_turn(), start + absl::Milliseconds(20));
}

TEST(Loop, ReturnsAtOnceWhenItWasStoppedBeforeItRan) {
  MonotonicClock clock;
  Loop loop(clock);
  loop.Stop();
  loop.Run();
  bool ran = false;
  loop.Post([&] { ran = true; });
  loop.RunReady();
  EXPECT_TRUE(ran);
}

TEST(Loop, DropsWorkThatNeverRan) {
  FakeClock clock;
  auto payload = std::make_shared<int>(1);
  {
    Loop loop(clock);
    loop.Post([payload] {});
    EXPECT_EQ(payload.use_count(), 2);
  }
  EXPECT_EQ(payload.use_count(), 1);
}

}  // namespace
}  // namespace sluice
