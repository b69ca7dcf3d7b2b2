// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/event_scan.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  enum Color { NO_COLOR = 0; RED = 1; }
  message All {
    string text = 1; sint32 small = 2; fixed64 large = 3; Color color = 4; bytes raw = 5;
    oneof pick { string name = 6; All all = 7; } sint64 wide = 8; sfixed32 fixed = 9;
  })";

class EventScanTest : public ::testing::Test {
 protected:
  const FieldPlan& Field(const std::string& name) const {
    const MessagePlan& plan = printed_.Plan("t.All");
    const int number = plan.type->FindFieldByName(name)->number();
    return plan.fields[plan.IndexOfNumber(static_cast<uint32_t>(number)) - 1];
  }
  ScannedField Scan(const std::string& name, absl::string_view wire) const {
    return ScanFor(Field(name), printed_.Plan("t.All"), wire);
  }
  std::string Id(const std::string& name, const std::string& text) const {
    const std::string wire = printed_.schema().Wire("t.All", text);
    return IdText(Field(name), Scan(name, wire)).value_or("none");
  }

  const Printed printed_{kSchema};
};

TEST_F(EventScanTest, FindsAFieldAmongOthers) {
  const std::string wire = printed_.schema().Wire("t.All", "text: 'a' raw: 'b' wide: 1");
  EXPECT_EQ(Scan("raw", wire).bytes, "b");
  EXPECT_EQ(Scan("large", wire).state, ScannedField::State::kAbsent);
}

TEST_F(EventScanTest, FindsTheMemberThatIsSet) {
  const std::string wire = printed_.schema().Wire("t.All", "all { text: 'a' }");
  EXPECT_EQ(Scan("name", wire).field, &Field("all"));
}

TEST_F(EventScanTest, IsUnsureOfWhatIsThereTwiceOrBroken) {
  for (const char* wire : {"\x0a\x01x\x0a\x01y", "\x0a\x05x", "\x0a\x01x\xff", "\x0b"}) {
    EXPECT_EQ(Scan("text", wire).state, ScannedField::State::kUnsure);
  }
  EXPECT_EQ(Scan("name", {"\x32\x01x\x3a\x00", 5}).state, ScannedField::State::kUnsure);
}

TEST_F(EventScanTest, MakesIdsOfTexts) {
  EXPECT_EQ(Id("text", "text: 'a b'"), "a b");
  EXPECT_EQ(Id("text", ""), "none");
  EXPECT_EQ(Id("raw", "raw: '\\377'"), "\xff");
  EXPECT_EQ(Id("all", "all {}"), "none");
}

TEST_F(EventScanTest, MakesIdsOfNumbers) {
  EXPECT_EQ(Id("small", "small: -5"), "-5");
  EXPECT_EQ(Id("large", "large: 18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Id("wide", "wide: -9007199254740993"), "-9007199254740993");
  EXPECT_EQ(Id("fixed", "fixed: -1"), "-1");
  EXPECT_EQ(Id("wide", ""), "0");
  EXPECT_EQ(Id("color", "color: RED"), "RED");
  EXPECT_EQ(Id("color", ""), "NO_COLOR");
  EXPECT_EQ(IdText(Field("color"), Scan("color", "\x20\x07")), "7");
}

}  // namespace
}  // namespace sluice
