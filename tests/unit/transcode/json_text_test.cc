// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/json_text.h"

#include <limits>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace sluice {
namespace {

std::string Literal(absl::string_view text) {
  std::string out;
  EXPECT_TRUE(AppendJsonString(text, out));
  return out;
}

std::string Double(double value) {
  std::string out;
  AppendJsonDouble(value, out);
  return out;
}

std::string Float(float value) {
  std::string out;
  AppendJsonFloat(value, out);
  return out;
}

TEST(JsonText, EscapesWhatJsonAndSseCannotCarry) {
  EXPECT_EQ(Literal("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Literal("\r\n\t\b\f"), R"("\r\n\t\b\f")");
  EXPECT_EQ(Literal(absl::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(Literal("a\xc2\x85z"), R"("a\u0085z")");
  EXPECT_EQ(Literal("\xe2\x80\xa8\xe2\x80\xa9"), R"("\u2028\u2029")");
}

TEST(JsonText, KeepsOtherCharactersAsTheyAre) {
  EXPECT_EQ(Literal("héllo <&> € 😀"), "\"héllo <&> € 😀\"");
  EXPECT_EQ(Literal("\xc2\x84\xc2\x86\xe2\x80\xa7\xe2\x80\xaa"),
            "\"\xc2\x84\xc2\x86\xe2\x80\xa7\xe2\x80\xaa\"");
}

TEST(JsonText, RefusesWhatIsNotUtf8) {
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
    EXPECT_FALSE(IsValidUtf8(text)) << text;
  }
}

TEST(JsonText, AcceptsEveryCodePointAndOnlyThose) {
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
    if (surrogate) continue;
    ASSERT_EQ(nlohmann::json::parse(Literal(text)).get<std::string>(), text) << code;
  }
}

TEST(JsonText, WritesLongIntegersAsStrings) {
  std::string out;
  AppendJsonInt64(std::numeric_limits<int64_t>::min(), out);
  AppendJsonUint64(std::numeric_limits<uint64_t>::max(), out);
  AppendJsonInt(std::numeric_limits<int32_t>::min(), out);
  AppendJsonUint(std::numeric_limits<uint32_t>::max(), out);
  EXPECT_EQ(out, "\"-9223372036854775808\"\"18446744073709551615\"-21474836484294967295");
}

TEST(JsonText, WritesTheShortestNumberThatReadsBack) {
  EXPECT_EQ(Double(101.25), "101.25");
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(-0.0), "-0");
  EXPECT_EQ(Double(1e300), "1e+300");
  EXPECT_EQ(Double(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Double(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
  EXPECT_EQ(Double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(Float(0.1F), "0.1");
  for (const double value : {5e-324, 1.7976931348623157e308, 1.0 / 3, 123456789012345680.0}) {
    EXPECT_EQ(nlohmann::json::parse(Double(value)).get<double>(), value);
  }
}

TEST(JsonText, ReadsBothKindsOfBase64WithAndWithoutPadding) {
  EXPECT_EQ(BytesFromBase64(""), "");
  EXPECT_EQ(BytesFromBase64("+/8="), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("-_8="), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("-_8"), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("YWJj"), "abc");
  EXPECT_EQ(BytesFromBase64("YQ"), "a");
  EXPECT_EQ(BytesFromBase64("YQ=="), "a");
  // Bits behind the last byte: protobuf's conformance tests want them to be passed over.
  EXPECT_EQ(BytesFromBase64("-_"), "\xfb");
}

TEST(JsonText, RefusesWhatIsNotBase64) {
  for (const char* text :
       {"YQ=", "Y", "YQ===", "=", "====", "Y Q=", "YQ==YQ==", "YQ==\n", "a*bc", "-+8="}) {
    EXPECT_EQ(BytesFromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice
