// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/retry_memory.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000);
const absl::Time kLater = kNow + absl::Seconds(10);

TEST(RetryMemory, RemembersTheNewestOfAPlaceUntilItsTime) {
  RetryMemory memory;
  EXPECT_EQ(memory.FailuresBefore(7, kNow), 0);
  memory.Remember(7, 2, kLater);
  memory.Remember(7, 3, kLater);
  EXPECT_EQ(memory.FailuresBefore(7, kNow), 3);
  EXPECT_EQ(memory.FailuresBefore(8, kNow), 0);
  EXPECT_EQ(memory.FailuresBefore(7, kLater), 0);
}

TEST(RetryMemory, ForgetsWhatItHasNotBeenToldForLongest) {
  RetryMemory memory(10);
  for (uint64_t place = 0; place < 1000; ++place) {
    memory.Remember(place, 1, kLater);
    memory.Remember(5000, 4, kLater);  // is told again and again
    EXPECT_EQ(memory.FailuresBefore(place, kNow), 1);
  }
  EXPECT_EQ(memory.FailuresBefore(5000, kNow), 4);
  int remembered = 0;
  for (uint64_t place = 0; place < 1000; ++place) {
    remembered += memory.FailuresBefore(place, kNow) > 0 ? 1 : 0;
  }
  EXPECT_LE(remembered, 10);
  EXPECT_GE(remembered, 4);
}

}  // namespace
}  // namespace sluice
