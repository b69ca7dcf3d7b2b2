// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/method_meter.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(StreamEnd, HasANameThatLeadsBackToIt) {
  for (size_t i = 0; i < kStreamEnds; ++i) {
    const auto end = static_cast<StreamEnd>(i);
    EXPECT_EQ(StreamEndOf(NameOf(end)), end);
  }
  EXPECT_EQ(NameOf(StreamEnd::kMaxAge), "max_age");
  EXPECT_EQ(StreamEndOf("no such end"), StreamEnd::kFailed);
}

TEST(MethodMeter, KeepsTheCountsOfEachLoopApart) {
  MethodMeter meter("t.Feed.Watch", MethodMeter::Kind::kStream);
  meter.OnLoop(0).opened.Add(1);
  meter.OnLoop(MethodMeter::kMaxLoops - 1).opened.Add(2);
  EXPECT_EQ(&meter.OnLoop(0), &meter.OnLoop(0));
  int64_t opened = 0;
  int loops = 0;
  meter.ForEachLoop([&](const MethodCounts& counts) {
    opened += counts.opened.value();
    ++loops;
  });
  EXPECT_EQ(opened, 3);
  EXPECT_EQ(loops, 2);
}

TEST(MethodCounts, CountACodeThatNobodyKnowsAsUnknown) {
  MethodCounts counts;
  counts.CountCall(static_cast<absl::StatusCode>(99));
  counts.CountCall(absl::StatusCode::kOk);
  EXPECT_EQ(counts.calls[2].value(), 1);
  EXPECT_EQ(counts.calls[0].value(), 1);
}

}  // namespace
}  // namespace sluice
