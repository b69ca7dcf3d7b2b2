// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/metrics.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Metrics, KeepsOneCounterForEachNameAndLabel) {
  Metrics metrics;
  Counter& counter = metrics.GetCounter("edge_refused", "head_too_large");
  counter.Add();
  counter.Add(2);
  EXPECT_EQ(&metrics.GetCounter("edge_refused", "head_too_large"), &counter);
  metrics.GetCounter("edge_refused", "body_too_large").Add(7);
  EXPECT_EQ(metrics.Value("edge_refused", "head_too_large"), 3u);
  EXPECT_EQ(metrics.Value("edge_refused", "body_too_large"), 7u);
  EXPECT_EQ(metrics.Value("edge_refused"), 0u);
}

}  // namespace
}  // namespace sluice
