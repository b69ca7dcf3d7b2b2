// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_values.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

TEST(ParseHostPort, ReadsAddressesAndNames) {
  struct Row {
    const char* text;
    HostPort wanted;
  };
  for (const Row& row :
       {Row{"127.0.0.1:8080", {"127.0.0.1", 8080}}, Row{"localhost:0", {"localhost", 0}},
        Row{"[::1]:65535", {"::1", 65535}}, Row{"[::]:80", {"::", 80}},
        Row{"my_demo-1.shop.svc:1", {"my_demo-1.shop.svc", 1}}}) {
    const auto got = ParseHostPort(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseHostPort, SaysWhatIsMissing) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"", "has no port"}, Row{"localhost", "has no port"}, Row{"[::1]", "has no port"},
        Row{":8080", "has no host"}, Row{"::1:80", "without brackets"},
        Row{"[1.2.3.4]:80", "no IPv6 address"}, Row{"[fe80::1%eth0]:80", "no IPv6 address"},
        Row{"a b:80", "no host name"}, Row{"300.0.0.1:80", "no host name"},
        Row{"a/b:80", "no host name"}, Row{"a:", "no number from 0 to 65535"},
        Row{"a:65536", "no number from 0 to 65535"}, Row{"a:+1", "no number from 0 to 65535"},
        Row{"a:99999999999", "no number from 0 to 65535"},
        Row{"a: 1", "no number from 0 to 65535"}}) {
    const auto got = ParseHostPort(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(Quoted(row.text)));
  }
}

TEST(ParseSize, ReadsUnitsOf1024And1000) {
  struct Row {
    const char* text;
    uint64_t wanted;
  };
  for (const Row& row : {Row{"0B", 0}, Row{"512B", 512}, Row{"16KiB", 16384}, Row{"8MiB", 8 << 20},
                         Row{"1GiB", 1 << 30}, Row{"2TiB", uint64_t{2} << 40}, Row{"16kB", 16000},
                         Row{"8MB", 8000000}, Row{"3GB", 3000000000}, Row{"1TB", 1000000000000},
                         Row{"18446744073709551615B", std::numeric_limits<uint64_t>::max()}}) {
    const auto got = ParseSize(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseSize, RefusesWhatHasNoUnitOrNoNumber) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"16", "has no unit"}, Row{"", "is no size"}, Row{"KiB", "is no size"},
        Row{"-1KiB", "is no size"}, Row{"1.5MiB", "is no size"}, Row{"16 KiB", "is no size"},
        Row{"16kib", "is no size"}, Row{"16KB", "is no size"}, Row{"16Mi", "is no size"},
        Row{"16KiBs", "is no size"}, Row{"16777216TiB", "largest size"},
        Row{"18446744073709551616B", "largest size"},
        Row{"99999999999999999999999TB", "largest size"}}) {
    const auto got = ParseSize(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(SizeToText, IsReadBackAsTheSameSize) {
  EXPECT_EQ(SizeToText(0), "0B");
  EXPECT_EQ(SizeToText(1000), "1000B");
  EXPECT_EQ(SizeToText(1536), "1536B");
  EXPECT_EQ(SizeToText(64 << 10), "64KiB");
  EXPECT_EQ(SizeToText(uint64_t{3} << 50), "3072TiB");
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 63, ~uint64_t{0}}) {
    EXPECT_EQ(*ParseSize(SizeToText(size)), size);
  }
}

TEST(ParseDuration, ReadsNumbersWithUnits) {
  struct Row {
    const char* text;
    absl::Duration wanted;
  };
  for (const Row& row : {Row{"250ms", absl::Milliseconds(250)}, Row{"15s", absl::Seconds(15)},
                         Row{"2h", absl::Hours(2)}, Row{"1.5s", absl::Milliseconds(1500)},
                         Row{"1h30m", absl::Minutes(90)}, Row{"0s", absl::ZeroDuration()},
                         Row{"10us", absl::Microseconds(10)}, Row{"7ns", absl::Nanoseconds(7)},
                         Row{"87600h", absl::Hours(87600)}}) {
    const auto got = ParseDuration(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseDuration, RefusesWhatHasNoUnitOrNoNumber) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"", "is no duration"}, Row{"0", "has no unit"}, Row{"15", "has no unit"},
        Row{"1h30", "has no unit"}, Row{"1.", "has no unit"}, Row{"-1s", "is negative"},
        Row{"+1s", "is no duration"}, Row{"inf", "is no duration"}, Row{"1d", "is no duration"},
        Row{"s", "is no duration"}, Row{"1 s", "is no duration"}, Row{"1S", "is no duration"},
        Row{"1h-30m", "is no duration"}, Row{"87600h1ns", "longest duration"},
        Row{"99999999999999999999h", "is no duration"}}) {
    const auto got = ParseDuration(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(DurationToText, IsReadBackAsTheSameDuration) {
  EXPECT_EQ(DurationToText(absl::ZeroDuration()), "0s");
  EXPECT_EQ(DurationToText(absl::Minutes(90)), "1h30m");
  for (const absl::Duration duration :
       {absl::Nanoseconds(1), absl::Nanoseconds(1234567), absl::Milliseconds(1001),
        absl::Hours(87599) + absl::Nanoseconds(999999999)}) {
    EXPECT_EQ(*ParseDuration(DurationToText(duration)), duration);
  }
}

TEST(CheckName, AllowsWhatAVariableCanName) {
  for (const char* name : {"main", "Main-2", "a.b_c", "0"})
    EXPECT_TRUE(CheckName(name).ok()) << name;
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string("ä"), std::string(64, 'a')}) {
    EXPECT_FALSE(CheckName(name).ok()) << name;
  }
}

TEST(CodeFromName, KnowsTheNamesOfGoogleRpcCode) {
  EXPECT_EQ(CodeFromName("UNAVAILABLE"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeFromName("CANCELLED"), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeFromName("OK"), absl::StatusCode::kOk);
  EXPECT_EQ(CodeFromName("unavailable"), std::nullopt);
  EXPECT_EQ(CodeFromName(""), std::nullopt);
  EXPECT_EQ(CodeFromName("14"), std::nullopt);
}

TEST(Quoted, EscapesAndCuts) {
  EXPECT_EQ(Quoted("a\nb\"c"), R"("a\nb\"c")");
  EXPECT_EQ(Quoted("ä"), "\"ä\"");
  const std::string cut = Quoted(std::string(79, 'x') + "ä and more");
  EXPECT_EQ(cut, "\"" + std::string(79, 'x') + "…\"");
}

TEST(Utf8PrefixLength, EndsAtTheFirstByteThatIsNotUtf8) {
  struct Row {
    std::string text;
    size_t wanted;
  };
  for (const Row& row :
       {Row{"", 0}, Row{"abc", 3}, Row{"aä€😀", 10}, Row{"a\x80", 1}, Row{"a\xC3", 1},
        Row{"\xC0\x80", 0}, Row{"\xE0\x80\x80", 0}, Row{"\xED\xA0\x80", 0},
        Row{"\xF4\x90\x80\x80", 0}, Row{"\xF0\x8F\xBF\xBF", 0}, Row{"\xF5\x80\x80\x80", 0},
        Row{"\xF4\x8F\xBF\xBF", 4}, Row{"\xEF\xBF\xBD!", 4}, Row{"\xE2\x82", 0}, Row{"\xFF", 0}}) {
    EXPECT_EQ(Utf8PrefixLength(row.text), row.wanted) << Quoted(row.text);
  }
}

TEST(IsDecimal, WantsDigitsAlone) {
  EXPECT_TRUE(IsDecimal("007"));
  for (const char* text : {"", "-1", "1 ", "0x1", "1.0"}) EXPECT_FALSE(IsDecimal(text)) << text;
}

}  // namespace
}  // namespace sluice
