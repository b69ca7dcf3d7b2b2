// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/metrics.h"

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

TEST(Metrics, ListsWhatThereIs) {
  Metrics metrics;
  metrics.GetCounter("b", "x").Add(2);
  metrics.GetCounter("a");
  const auto kind = MethodMeter::Kind::kStream;
  EXPECT_EQ(&metrics.Method("t.S.M", kind), &metrics.Method("t.S.M", kind));
  EXPECT_EQ(metrics.AddLoop().number, 0u);
  EXPECT_EQ(metrics.AddLoop().number, 1u);
  ASSERT_EQ(metrics.Counters().size(), 2u);
  EXPECT_EQ(metrics.Counters()[1].name, "b");
  EXPECT_EQ(metrics.Counters()[1].label, "x");
  EXPECT_EQ(metrics.Counters()[1].counter->value(), 2u);
  ASSERT_EQ(metrics.Methods().size(), 1u);
  EXPECT_EQ(metrics.Methods()[0]->full_name(), "t.S.M");
  EXPECT_EQ(metrics.Loops().size(), 2u);
}

}  // namespace
}  // namespace sluice
