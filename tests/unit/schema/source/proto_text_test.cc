// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/proto_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ProtoText, ParsesAFile) {
  Problems problems;
  const auto parsed = ParseProtoText("a.proto", "syntax = \"proto3\"; message A {}", problems);
  ASSERT_NE(parsed, nullptr);
  EXPECT_EQ(parsed->file.name(), "a.proto");
  EXPECT_EQ(parsed->file.message_type(0).name(), "A");
  EXPECT_TRUE(problems.empty());
}

TEST(ProtoText, SaysEveryProblemWithLineAndColumnFromOne) {
  Problems problems;
  EXPECT_EQ(
      ParseProtoText("a.proto", "syntax = \"proto3\";\nmessage A {\n  int32 = 1;\n  int32 b;\n}\n",
                     problems),
      nullptr);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].where, "a.proto:3:9");
  EXPECT_THAT(problems[0].what, HasSubstr("field name"));
  EXPECT_EQ(problems[1].where, "a.proto:4:10");
}

// The tokenizer finds these, and the look for nesting has them told first, to nobody.
TEST(ProtoText, SaysWhatTheTokenizerFinds) {
  for (const char* const text : {"message A {} /* never closed", "message A {} \"open", "\x01"}) {
    Problems problems;
    EXPECT_EQ(ParseProtoText("a.proto", text, problems), nullptr) << text;
    ASSERT_FALSE(problems.empty()) << text;
    EXPECT_EQ(problems[0].where.rfind("a.proto:1:", 0), 0u) << problems[0].where;
  }
}

TEST(ProtoText, TakesAFileWithoutSyntaxWithoutAWord) {
  Problems problems;
  testing::internal::CaptureStderr();
  EXPECT_NE(ParseProtoText("a.proto", "message A { optional int32 b = 1; }", problems), nullptr);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProtoText, RefusesNestingThatWouldTakeTheStack) {
  std::string text = "syntax = \"proto3\"; option (a) = ";
  for (int i = 0; i < 200'000; ++i) text += "{a:";
  Problems problems;
  EXPECT_EQ(ParseProtoText("a.proto", text, problems), nullptr);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].where, StartsWith("a.proto:1:"));
  EXPECT_EQ(problems[0].what, "nested more than 100 deep");
}

TEST(ProtoText, StopsCountingProblems) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "foo bar;\n";
  Problems problems;
  EXPECT_EQ(ParseProtoText("a.proto", text, problems), nullptr);
  EXPECT_LE(problems.size(), 1000u);
}

}  // namespace
}  // namespace sluice
