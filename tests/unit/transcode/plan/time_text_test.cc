// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/time_text.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/transcode/well_known.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Timestamp(int64_t seconds, int32_t nanos) {
  char text[kMaxTimeBytes];
  char* const end = WriteTimestamp(seconds, nanos, text);
  return end == nullptr ? "refused" : std::string(text, end);
}

std::string Duration(int64_t seconds, int32_t nanos) {
  char text[kMaxTimeBytes];
  char* const end = WriteDuration(seconds, nanos, text);
  return end == nullptr ? "refused" : std::string(text, end);
}

TEST(TimeText, WritesTimestamps) {
  EXPECT_EQ(Timestamp(0, 0), "\"1970-01-01T00:00:00Z\"");
  EXPECT_EQ(Timestamp(-62135596800, 0), "\"0001-01-01T00:00:00Z\"");
  EXPECT_EQ(Timestamp(253402300799, 999999999), "\"9999-12-31T23:59:59.999999999Z\"");
  EXPECT_EQ(Timestamp(1709208000, 500000000), "\"2024-02-29T12:00:00.500Z\"");
  EXPECT_EQ(Timestamp(951782400, 1000), "\"2000-02-29T00:00:00.000001Z\"");
  EXPECT_EQ(Timestamp(-1, 1), "\"1969-12-31T23:59:59.000000001Z\"");
}

TEST(TimeText, AgreesWithTheSlowWayOnEveryDay) {
  for (int64_t day = -719162; day <= 2932896; day += 1) {
    const SecondsNanos time{day * 86400 + (day & 0xffff), static_cast<int32_t>(day & 0xff)};
    if (time.seconds < -62135596800 || time.seconds > 253402300799) continue;
    const int32_t nanos = time.nanos < 0 ? 0 : time.nanos;
    if ((day & 63) != 0 && day % 1461 > 3) continue;  // leap days and their neighbours, and some
    ASSERT_EQ(Timestamp(time.seconds, nanos),
              absl::StrCat("\"", *TimestampText({time.seconds, nanos}), "\""));
  }
}

TEST(TimeText, WritesDurations) {
  EXPECT_EQ(Duration(0, 0), "\"0s\"");
  EXPECT_EQ(Duration(-1, -500000000), "\"-1.500s\"");
  EXPECT_EQ(Duration(0, -1000), "\"-0.000001s\"");
  EXPECT_EQ(Duration(315576000000, 0), "\"315576000000s\"");
}

TEST(TimeText, RefusesWhatIsOutOfRange) {
  EXPECT_EQ(Timestamp(-62135596801, 0), "refused");
  EXPECT_EQ(Timestamp(253402300800, 0), "refused");
  EXPECT_EQ(Timestamp(0, -1), "refused");
  EXPECT_EQ(Timestamp(0, 1000000000), "refused");
  EXPECT_EQ(Duration(315576000001, 0), "refused");
  EXPECT_EQ(Duration(-315576000001, 0), "refused");
  EXPECT_EQ(Duration(1, -1), "refused");
  EXPECT_EQ(Duration(-1, 1), "refused");
  EXPECT_EQ(Duration(0, 1000000000), "refused");
}

}  // namespace
}  // namespace sluice
