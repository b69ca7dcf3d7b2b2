// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

TEST(Utf8, AcceptsEveryCodePointAndOnlyThose) {
  for (unsigned code = 0; code <= 0x10ffff; code += code < 0x11000 ? 1 : 97) {
    std::string text;
    if (code < 0x80) {
      text = {static_cast<char>(code)};
    } else if (code < 0x800) {
      text = {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
    } else if (code < 0x10000) {
      text = {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
              static_cast<char>(0x80 | (code & 0x3f))};
    } else {
      text = {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
              static_cast<char>(0x80 | (code >> 6 & 0x3f)),
              static_cast<char>(0x80 | (code & 0x3f))};
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    ASSERT_EQ(IsValidUtf8(text), !surrogate) << code;
    ASSERT_EQ(Utf8CharacterLength(text), surrogate ? 0 : text.size()) << code;
  }
}

TEST(Utf8, PrefixEndsAtTheFirstByteThatIsNotUtf8) {
  struct Row {
    std::string text;
    size_t wanted;
  };
  for (const Row& row :
       {Row{"", 0}, Row{"abc", 3}, Row{"aä€😀", 10}, Row{"a\x80", 1}, Row{"a\xC3", 1},
        Row{"\xC0\x80", 0}, Row{"\xE0\x80\x80", 0}, Row{"\xED\xA0\x80", 0},
        Row{"\xF4\x90\x80\x80", 0}, Row{"\xF0\x8F\xBF\xBF", 0}, Row{"\xF5\x80\x80\x80", 0},
        Row{"\xF4\x8F\xBF\xBF", 4}, Row{"\xEF\xBF\xBD!", 4}, Row{"\xE2\x82", 0}, Row{"\xFF", 0}}) {
    EXPECT_EQ(Utf8PrefixLength(row.text), row.wanted) << Shown(row.text);
  }
}

TEST(Utf8, ReplacesEachMaximalSubpartOnce) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(WithReplacements("a€z"), "a€z");
  EXPECT_EQ(WithReplacements("\xff"), bad);
  EXPECT_EQ(WithReplacements("a\xE2\x82z"), "a" + bad + "z");
  EXPECT_EQ(WithReplacements("\xF0\x9F\x98"), bad);
  EXPECT_EQ(WithReplacements("\xF0\x9F("), bad + "(");
  EXPECT_EQ(WithReplacements("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(WithReplacements("\xED\xA0\x80"), bad + bad + bad);
  EXPECT_EQ(WithReplacements("\xC0\xAF"), bad + bad);
}

}  // namespace
}  // namespace sluice
