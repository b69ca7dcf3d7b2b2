// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/strict_json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

std::string Fault(absl::string_view text, int max_depth = 8) {
  const auto json = ParseStrictJson(text, max_depth);
  EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(json.status().message());
}

TEST(StrictJson, ParsesJson) {
  const auto json = ParseStrictJson(R"( {"a": [1, -2, 0.5, "x", true, null], "b": {}} )", 8);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ((*json)["a"].size(), 6U);
}

TEST(StrictJson, RefusesWhatIsNotJson) {
  for (const char* text : {"",         " ",           "{",
                           "{}}",      "{} {}",       "{a:1}",
                           "{'a':1}",  "{\"a\":1,}",  "[1,]",
                           "[01]",     "[1.]",        "[.5]",
                           "[+1]",     "[NaN]",       "nul",
                           "\"a",      "\"\\ud800\"", "\"\\x\"",
                           "\"a\nb\"", "\"\xff\"",    "\"\xed\xa0\x80\"",
                           "// x\n{}", "{\"a\" 1}",   "[1e999]"}) {
    EXPECT_NE(Fault(text), "") << text;
  }
  EXPECT_THAT(Fault("{\"a\":tru}"), HasSubstr("not valid JSON at byte 9: "));
  EXPECT_THAT(Fault(absl::string_view("{\0}", 3)), HasSubstr("not valid JSON at byte 2"));
}

TEST(StrictJson, RefusesAMemberThatComesTwice) {
  EXPECT_EQ(Fault(R"({"a":1,"b":{"a":1},"a":2})"), "the member \"a\" comes twice");
  EXPECT_NE(Fault(R"([{"x":1,"\u0078":2}])"), "");
}

TEST(StrictJson, BoundsTheDepth) {
  EXPECT_TRUE(ParseStrictJson("[[[{}]]]", 4).ok());
  EXPECT_EQ(Fault("[[[[{}]]]]", 4), "more than 4 objects and arrays in each other");
  EXPECT_NE(Fault(std::string(1000000, '[')), "");
}

TEST(StrictJson, ShowsNoRawBytesInItsErrors) {
  for (const char* text : {"\"\xff\xfe\"", "\"a\r\nb\"", "\x01", "{\"a\xc3\":1}"}) {
    for (const char byte : Fault(text)) {
      EXPECT_TRUE(byte >= 0x20 && byte < 0x7f) << text;
    }
  }
}

}  // namespace
}  // namespace sluice
