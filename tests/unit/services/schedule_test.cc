// SPDX-License-Identifier: Apache-2.0
#include "services/schedule.h"

#include <latch>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace sluice::demo {
namespace {

TEST(Schedule, CallsBackInTheOrderOfTheTimes) {
  Schedule schedule;
  std::vector<int> order;
  std::latch all(1);
  const absl::Time start = Schedule::Now() + absl::Milliseconds(20);
  schedule.At(start + absl::Milliseconds(2), [&] {
    order.push_back(2);
    all.count_down();
  });
  schedule.At(start, [&] { order.push_back(0); });
  schedule.At(start + absl::Milliseconds(1), [&] { order.push_back(1); });
  all.wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(Schedule, NeverCallsBackEarly) {
  Schedule schedule;
  std::latch called(1);
  absl::Time at;
  const absl::Time due = Schedule::Now() + absl::Milliseconds(15);
  schedule.At(due, [&] {
    at = Schedule::Now();
    called.count_down();
  });
  called.wait();
  EXPECT_GE(at, due);
}

TEST(Schedule, ACallbackMayScheduleTheNext) {
  Schedule schedule;
  std::latch second(1);
  schedule.At(Schedule::Now(), [&] { schedule.At(Schedule::Now(), [&] { second.count_down(); }); });
  second.wait();
}

TEST(Schedule, ACancelledCallbackIsReleasedAndNotCalled) {
  Schedule schedule;
  auto held = std::make_shared<int>(0);
  const auto ticket =
      schedule.At(Schedule::Now() + absl::Hours(1), [held] { FAIL() << "cancelled"; });
  schedule.Cancel(ticket);
  schedule.Cancel(ticket);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Schedule, ForgetsWhatIsNotDueWhenItIsDestroyed) {
  auto held = std::make_shared<int>(0);
  {
    Schedule schedule;
    schedule.At(Schedule::Now() + absl::Hours(1), [held] { FAIL() << "not due"; });
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace sluice::demo
