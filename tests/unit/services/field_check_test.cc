// SPDX-License-Identifier: Apache-2.0
#include "services/field_check.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace sluice::demo {
namespace {

constexpr DurationRange kRange = {"interval", absl::Milliseconds(10), absl::Hours(1),
                                  absl::Seconds(1)};

google::protobuf::Duration Proto(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(ReadDuration, TakesTheDefaultForZero) {
  EXPECT_EQ(*ReadDuration(Proto(0, 0), kRange), absl::Seconds(1));
}

TEST(ReadDuration, TakesBothEndsOfTheRange) {
  EXPECT_EQ(*ReadDuration(Proto(0, 10'000'000), kRange), absl::Milliseconds(10));
  EXPECT_EQ(*ReadDuration(Proto(3600, 0), kRange), absl::Hours(1));
}

TEST(ReadDuration, NamesFieldValueAndRangeWhenItRefuses) {
  const auto refused = ReadDuration(Proto(0, 9'000'000), kRange);
  EXPECT_EQ(refused.status(),
            absl::InvalidArgumentError("interval is 9ms; allowed are 10ms to 1h"));
}

TEST(ReadDuration, RefusesWhatNoDurationMayBe) {
  EXPECT_FALSE(ReadDuration(Proto(-1, 0), kRange).ok());
  EXPECT_FALSE(ReadDuration(Proto(std::numeric_limits<int64_t>::max(), 999'999'999), kRange).ok());
  EXPECT_FALSE(ReadDuration(Proto(std::numeric_limits<int64_t>::min(), -1), kRange).ok());
}

TEST(CheckText, RefusesNothingAndTooMuch) {
  EXPECT_TRUE(CheckText("room", "a", 4).ok());
  EXPECT_TRUE(CheckText("room", "abcd", 4).ok());
  EXPECT_EQ(CheckText("room", "", 4), absl::InvalidArgumentError("room is missing"));
  EXPECT_EQ(CheckText("room", "abcde", 4),
            absl::InvalidArgumentError("room has 5 bytes; allowed are at most 4"));
}

TEST(ToGrpc, KeepsCodeAndMessage) {
  const grpc::Status status = ToGrpc(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "full");
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace sluice::demo
