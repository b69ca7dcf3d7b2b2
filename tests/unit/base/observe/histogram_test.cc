// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/histogram.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr std::array<int64_t, 2> kBounds = {10, 100};

TEST(Histogram, CountsAValueWhereItIsNotAboveTheBound) {
  Histogram histogram(kBounds);
  for (const int64_t value : {0, 10, 11, 100, 101}) histogram.Add(value);
  EXPECT_EQ(histogram.count(0), 2);
  EXPECT_EQ(histogram.count(1), 2);
  EXPECT_EQ(histogram.count(2), 1);
  EXPECT_EQ(histogram.sum(), 222);
}

TEST(LoopCounter, GoesUpAndDown) {
  LoopCounter counter;
  counter.Add();
  counter.Add(5);
  counter.Add(-2);
  EXPECT_EQ(counter.value(), 4);
}

}  // namespace
}  // namespace sluice
