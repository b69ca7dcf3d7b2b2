// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/clock.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(MonotonicClock, NeverGoesBack) {
  const MonotonicClock clock;
  absl::Time last = clock.Now();
  for (int i = 0; i < 1000; ++i) {
    const absl::Time now = clock.Now();
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace sluice
