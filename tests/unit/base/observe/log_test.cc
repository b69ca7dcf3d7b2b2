// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

std::string Logged(const LogOptions& options, LogLevel level, absl::string_view message) {
  CaptureStderr();
  StartLog(options);
  LogLine(level, message);
  FlushLog(absl::Seconds(5));
  return GetCapturedStderr();
}

TEST(Log, WritesOneJsonObjectALine) {
  const std::string line = Logged({}, LogLevel::kWarning, "three \"quotes\"\nand \x1b[31m\xff");
  EXPECT_THAT(line, ContainsRegex("^.\"time\":\"[-0-9]+T[:.0-9]+Z\",\"level\":\"warning\","));
  EXPECT_THAT(line, EndsWith("\"message\":\"three \\\"quotes\\\"\\nand \\u001b[31m\xEF\xBF\xBD\"}"
                             "\n"));
}

TEST(Log, KeepsTextOnOneLineToo) {
  const std::string line = Logged({.format = LogFormat::kText}, LogLevel::kError, "a\r\nb");
  EXPECT_THAT(line, EndsWith(" error a\\r\\nb\n"));
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  EXPECT_EQ(Logged({.level = LogLevel::kWarning}, LogLevel::kInfo, "x"), "");
  EXPECT_FALSE(LogsAt(LogLevel::kInfo));
  EXPECT_TRUE(LogsAt(LogLevel::kWarning));
  EXPECT_EQ(Logged({.level = LogLevel::kOff}, LogLevel::kError, "x"), "");
  EXPECT_FALSE(LogsAt(LogLevel::kOff));
}

TEST(Log, CutsAMessageOfAnySize) {
  const std::string line = Logged({}, LogLevel::kInfo, std::string(1 << 20, 'x'));
  EXPECT_LT(line.size(), 10'000u);
  EXPECT_THAT(line, HasSubstr("xxx...\"}"));
}

TEST(Log, TakesBracesAsTheyAre) {
  EXPECT_THAT(Logged({}, LogLevel::kInfo, "{} {0} %s"), HasSubstr("{} {0} %s"));
}

TEST(Log, AddsFieldsBehindTheMessage) {
  CaptureStderr();
  StartLog({});
  LogLine(LogLevel::kInfo, "stream opened", LogFields().Text("peer", "a\nb").Number("bytes", 7));
  FlushLog(absl::Seconds(5));
  EXPECT_THAT(GetCapturedStderr(),
              EndsWith("\"message\":\"stream opened\",\"peer\":\"a\\nb\",\"bytes\":7}\n"));
}

TEST(Log, WritesAnAccessLogWhereItIsWantedAndInfoIsLogged) {
  StartLog({});
  EXPECT_TRUE(LogsAccess());
  StartLog({.level = LogLevel::kWarning});
  EXPECT_FALSE(LogsAccess());
  StartLog({.access = false});
  EXPECT_FALSE(LogsAccess());
}

}  // namespace
}  // namespace sluice
