// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log_limit.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(LogLimit, AdmitsOneAMinuteAndCountsTheOthers) {
  const absl::Time begin = absl::FromUnixSeconds(1'000);
  LogLimit limit;
  EXPECT_EQ(limit.Admit(begin), 0u);
  for (int i = 0; i < 59; ++i) EXPECT_EQ(limit.Admit(begin + absl::Seconds(i)), std::nullopt);
  EXPECT_EQ(limit.Admit(begin + absl::Seconds(60)), 59u);
  EXPECT_EQ(limit.Admit(begin + absl::Seconds(61)), std::nullopt);
  EXPECT_EQ(limit.Admit(begin + absl::Hours(1)), 1u);
}

TEST(LogLimit, AdmitsTheFirstAtAnyTime) {
  LogLimit limit;
  EXPECT_EQ(limit.Admit(absl::UnixEpoch()), 0u);
}

}  // namespace
}  // namespace sluice
