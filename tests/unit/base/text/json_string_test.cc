// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/json_string.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

std::string Literal(absl::string_view text) {
  std::string out;
  EXPECT_TRUE(AppendJsonString(text, out));
  return out;
}

TEST(JsonString, EscapesWhatJsonAndSseCannotCarry) {
  EXPECT_EQ(Literal("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Literal("\r\n\t\b\f"), R"("\r\n\t\b\f")");
  EXPECT_EQ(Literal(absl::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(Literal("a\xc2\x85z"), R"("a\u0085z")");
  EXPECT_EQ(Literal("\xe2\x80\xa8\xe2\x80\xa9"), R"("\u2028\u2029")");
}

TEST(JsonString, KeepsOtherCharactersAsTheyAre) {
  EXPECT_EQ(Literal("héllo <&> € 😀"), "\"héllo <&> € 😀\"");
  EXPECT_EQ(Literal("\xc2\x84\xc2\x86\xe2\x80\xa7\xe2\x80\xaa"),
            "\"\xc2\x84\xc2\x86\xe2\x80\xa7\xe2\x80\xaa\"");
}

TEST(JsonString, RefusesWhatIsNotUtf8) {
  const std::string bad[] = {"\x80",
                             "a\xff",
                             "\xc0\x80",
                             "\xc3",
                             "\xe2\x82",
                             "\xed\xa0\x80",
                             "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80\x80",
                             "\xe0\x80\x80",
                             "\xf0\x80\x80\x80",
                             "\xc3(",
                             "\xf0\x9f\x98"};
  for (const std::string& text : bad) {
    std::string out;
    EXPECT_FALSE(AppendJsonString(text, out)) << text;
  }
}

TEST(JsonString, ReplacesWhatIsNotUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(JsonString("\xff"), "\"" + bad + "\"");
  EXPECT_EQ(JsonString("a\xE2\x82z"), "\"a" + bad + "z\"");
  EXPECT_EQ(JsonString("\xC0\xAF"), "\"" + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xF0\x9F\x98"), "\"" + bad + "\"");
  EXPECT_EQ(JsonString("\x80"), "\"" + bad + "\"");
}

}  // namespace
}  // namespace sluice
