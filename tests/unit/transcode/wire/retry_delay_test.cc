// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire/retry_delay.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

std::string Detail(const std::string& type_url, const std::string& value) {
  return Delimited(3, Delimited(1, type_url) + Delimited(2, value));
}

std::string RetryInfo(const std::string& duration) {
  return Detail("type.googleapis.com/google.rpc.RetryInfo", Delimited(1, duration));
}

TEST(RetryDelay, IsFoundAmongTheDetails) {
  const std::string other = Detail("x/google.rpc.ErrorInfo", Delimited(1, "\x08\x63"));
  EXPECT_EQ(RetryDelayIn("\x08\x0e" + Delimited(2, "busy") + other + RetryInfo("\x08\x05")),
            absl::Seconds(5));
  EXPECT_EQ(RetryDelayIn(RetryInfo("\x08\x05\x10\x80\x94\xeb\xdc\x03") + other), absl::Seconds(6));
  EXPECT_EQ(RetryDelayIn(Detail("my.example/google.rpc.RetryInfo", Delimited(1, "\x08\x07"))),
            absl::Seconds(7));
  EXPECT_EQ(RetryDelayIn(RetryInfo("\x08\x02") + RetryInfo("\x08\x09") + RetryInfo("\x08\x03")),
            absl::Seconds(9));
}

TEST(RetryDelay, IsNoneWhereNothingIsSaid) {
  EXPECT_EQ(RetryDelayIn(""), absl::ZeroDuration());
  EXPECT_EQ(RetryDelayIn(RetryInfo("")), absl::ZeroDuration());
  EXPECT_EQ(RetryDelayIn(Detail("google.rpc.RetryInfo", Delimited(1, "\x08\x05"))),
            absl::ZeroDuration());
  EXPECT_EQ(RetryDelayIn(RetryInfo("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
            absl::ZeroDuration());  // -1 s
}

TEST(RetryDelay, IsNoneInBytesThatCannotBeRead) {
  for (const std::string wire :
       {"\xff", "\x1a\x7fxx", "\x1a", "\x1a\x02\x0a\x05", "\x1b", "\x1c"}) {
    EXPECT_EQ(RetryDelayIn(wire), absl::ZeroDuration());
    EXPECT_EQ(RetryDelayIn(RetryInfo("\x08\x05") + wire), absl::Seconds(5));
  }
  EXPECT_EQ(RetryDelayIn(RetryInfo("\x08")), absl::ZeroDuration());
}

}  // namespace
}  // namespace sluice
