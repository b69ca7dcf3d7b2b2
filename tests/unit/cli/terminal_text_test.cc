// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/terminal_text.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(TerminalText, LeavesTextAsItIs) {
  EXPECT_EQ(TerminalText("{\"a\":\"b\\n\"}\t~ ä€𝄞"), "{\"a\":\"b\\n\"}\t~ ä€𝄞");
  EXPECT_EQ(TerminalText(""), "");
}

TEST(TerminalText, EscapesWhatATerminalObeys) {
  EXPECT_EQ(TerminalText("\x1b[2J"), "\\u001b[2J");
  EXPECT_EQ(TerminalText("a\r\nb"), "a\\u000d\\nb");
  EXPECT_EQ(TerminalText(absl::string_view("\0\x7f", 2)), "\\u0000\\u007f");
  EXPECT_EQ(TerminalText("\u009b2J"), "\\u009b2J");
  EXPECT_EQ(TerminalText("\u2028\u202e\u2066\u200f\u061c"), "\\u2028\\u202e\\u2066\\u200f\\u061c");
  EXPECT_EQ(TerminalText("\u2027\u00a0\u206a"), "\u2027\u00a0\u206a");
}

TEST(TerminalText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(TerminalText("a\x9b"
                         "b"),
            "a\uFFFD"
            "b");
  EXPECT_EQ(TerminalText("\xc0\x9b"), "\uFFFD\uFFFD");
  EXPECT_EQ(TerminalText("\xe2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(TerminalText("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(TerminalText("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

}  // namespace
}  // namespace sluice
