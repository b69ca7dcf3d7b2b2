// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire/wire_field.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
    syntax = "proto3";
    package t;
    enum Side { BUY = 0; SELL = 1; }
    message Inner { string name = 1; Inner inner = 2; }
    message Outer {
      string text = 1;
      bytes raw = 2;
      int64 number = 3;
      sint32 zigzag = 4;
      fixed64 fixed = 5;
      sfixed32 small = 6;
      bool flag = 7;
      Side side = 8;
      Inner inner = 9;
      repeated string others = 10;
      int32 short_number = 11;
    })";

class WireFieldTest : public testing::Test {
 protected:
  std::string Of(const std::string& field, const std::string& wire) const {
    return WireFieldText(wire, schema_.Path("t.Outer", field)).value_or("broken");
  }
  std::string InText(const std::string& field, const std::string& text) const {
    return Of(field, schema_.Wire("t.Outer", text));
  }

  const InlineSchema schema_{kSchema};
};

TEST_F(WireFieldTest, ReadsAFieldOfEveryKind) {
  const char* const cases[][3] = {
      {"text", "text: 'abc' raw: 'x'", "abc"},
      {"raw", "text: 'abc' raw: 'x\\000y'", nullptr},
      {"number", "number: 7", "7"},
      {"fixed", "fixed: 99", "99"},
      {"flag", "flag: true side: SELL", "1"},
      {"side", "side: SELL", "1"},
      {"inner.name", "inner { name: 'n' inner { name: 'deep' } }", "n"},
      {"inner.inner.name", "inner { name: 'n' inner { name: 'deep' } }", "deep"},
  };
  for (const auto& [field, message, text] : cases) {
    const std::string expected = text == nullptr ? std::string("x\0y", 3) : text;
    EXPECT_EQ(InText(field, message), expected) << field;
  }
}

TEST_F(WireFieldTest, TellsDifferentValuesApart) {
  for (const std::string field : {"number", "zigzag", "small", "short_number"}) {
    EXPECT_NE(InText(field, field + ": 1"), InText(field, field + ": -1")) << field;
    EXPECT_NE(InText(field, field + ": -2"), InText(field, field + ": -1")) << field;
    EXPECT_EQ(InText(field, field + ": -2"), InText(field, field + ": -2")) << field;
  }
}

TEST_F(WireFieldTest, TakesAnAbsentFieldForItsZeroValue) {
  for (const std::string field : {"text", "number", "flag", "side", "inner.name", "fixed"}) {
    EXPECT_EQ(InText(field, "others: 'x'"), "") << field;
  }
  EXPECT_EQ(Of("number", std::string("\x18\x00", 2)), "");
  EXPECT_EQ(Of("text", std::string("\x0a\x00", 2)), "");
}

TEST_F(WireFieldTest, TakesTheLastOfSeveral) {
  EXPECT_EQ(Of("text", "\x0a\x01x\x0a\x01y"), "y");
  EXPECT_EQ(Of("text", std::string("\x0a\x01x\x0a\x00", 5)), "");
  EXPECT_EQ(Of("number", std::string("\x18\x05\x18\x00", 4)), "");
}

TEST_F(WireFieldTest, ReadsAMessageThatComesInPieces) {
  const std::string pieces = schema_.Wire("t.Outer", "inner { name: 'n' }") +
                             schema_.Wire("t.Outer", "inner { inner { name: 'deep' } }");
  EXPECT_EQ(Of("inner.name", pieces), "n");
  EXPECT_EQ(Of("inner.inner.name", pieces), "deep");
}

// A parser takes such a field for an unknown one.
TEST_F(WireFieldTest, SkipsAFieldOfAnotherTypeOnTheWire) {
  EXPECT_EQ(Of("text", "\x08\x05"), "");
  EXPECT_EQ(Of("number", "\x1a\x01x"), "");
  EXPECT_EQ(Of("fixed", "\x2d zzz"), "");
  EXPECT_EQ(Of("text", "\x0a\x01x\x08\x05"), "x");
  EXPECT_EQ(Of("text", "\x0b\x0a\x01y\x0c\x0a\x01x"), "x");
  EXPECT_EQ(Of("inner.name", "\x48\x05"), "");
}

// Encoders may write more bits than a field has.
TEST_F(WireFieldTest, IsTheSameForTheSameValueHoweverItIsWritten) {
  EXPECT_EQ(Of("flag", "\x38\x02"), Of("flag", "\x38\x01"));
  EXPECT_EQ(Of("short_number", "\x58\xff\xff\xff\xff\x0f"),
            InText("short_number", "short_number: -1"));
  EXPECT_EQ(Of("text", std::string("\x8a\x00\x81\x00x", 5)), "x");
}

TEST_F(WireFieldTest, SaysWhereNobodyCanTell) {
  for (const std::string wire : {"\x0a", "\x0a\x7fx", "\x18", "\x18\xff", "\x29zz", "\x35z",
                                 "\x4a\x05", "\xff\xff\xff\xff\xff\xff", "\x0b", "\x0c", "\x07"}) {
    for (const std::string field : {"text", "number", "fixed", "small", "inner.inner.name"}) {
      EXPECT_EQ(Of(field, wire), "broken");
      EXPECT_EQ(Of(field, "\x0a\x01x" + wire), "broken");
    }
  }
  EXPECT_EQ(Of("text", ""), "");
}

}  // namespace
}  // namespace sluice
