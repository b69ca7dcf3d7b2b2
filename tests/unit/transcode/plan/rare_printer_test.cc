// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

using std::string_literals::operator""s;

constexpr char kSchema[] = R"(
  syntax = "proto2";
  package t;
  enum Color { GREEN = 3; RED = 1; }
  message Part {
    required int32 number = 1;
    optional group Group = 2 { optional string text = 1; optional Part part = 2; }
    repeated Color colors = 3; optional Color color = 4; optional fixed32 small = 5;
    optional fixed64 large = 6; optional Part part = 7; repeated fixed32 smalls = 8 [packed = true];
    map<string, int32> map = 9; optional bytes raw = 10;
    extensions 100 to 200;
  }
  extend Part { optional Part more = 100; }
  message Loose {
    optional string name = 1; repeated int32 list = 2; oneof pick { string a = 3; Loose b = 4; }
    map<string, int32> map = 5; optional Color color = 6; optional Loose loose = 7;
  })";

class RarePrinterTest : public ::testing::Test {
 protected:
  const Printed printed_{kSchema};
};

TEST_F(RarePrinterTest, SaysWhatIsWrongInWhichFieldAndAtWhichByte) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {""s, "at byte 0, t.Part.number is required and missing"},
      {"\x08"s, "at byte 1, t.Part.number is cut short"},
      {"\xff"s, "at byte 0 in t.Part, a tag is broken"},
      {"\x08\x01\x00"s, "at byte 3 in t.Part, a field has the number 0"},
      {"\x08\x01\x02\x01x"s, "at byte 3 in t.Part, a field has the number 0"},
      {"\x08\x01\x0e"s,
       "at byte 3 in t.Part, the field 1 has the wire type 6, which does not exist"},
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,
       "at byte 1, t.Part.number is cut short"},
      {"\x08\x01\x13\x0a\x02"
       "a"s,
       "at byte 4, t.Part.group.text is cut short"},
      {"\x08\x01\x13\x0a\x01\xff\x14"s, "at byte 5, t.Part.group.text is not valid UTF-8"},
      {"\x08\x01\x13\x0a\x01"
       "a"s,
       "at byte 6 in t.Part.group, a group does not end"},
      {"\x08\x01\x13\x1c"s, "at byte 4 in t.Part.group, the group 3 ends, which is not open"},
      {"\x08\x01\x14"s, "at byte 3 in t.Part, the group 2 ends, which is not open"},
      {"\x08\x01\x3b\x3c\x3a\x00"s, "at byte 6, t.Part.part.number is required and missing"},
      {"\x08\x01\x3a\x02\x08"s, "at byte 3, t.Part.part is cut short"},
      {"\x08\x01\x3a\x04\x08\x01\x2d\x01"s, "at byte 7, t.Part.part.small is cut short"},
      {"\x08\x01\x31\x01\x02\x03"s, "at byte 3, t.Part.large is cut short"},
      {"\x08\x01\x42\x03\x01\x02\x03"s, "at byte 4, t.Part.smalls is cut short"},
      {"\x08\x01\x4a\x06\x0a\x03"
       "abc"s,
       "at byte 3, t.Part.map is cut short"},
      {"\x08\x01\x4a\x03\x0a\x01\xff"s, "at byte 6, t.Part.map.key is not valid UTF-8"},
      {"\x08\x01\x4a\x04\x0a\x00\x10\x80"s, "at byte 7, t.Part.map.value is cut short"},
      {"\x08\x01\xa2\x06\x02\x20\x01"s,
       "at byte 7, t.Part.[t.more].number is required and missing"},
      {"\x08\x01\xf2\x07\x05xx"s, "at byte 4 in t.Part, the field 126 is cut short"},
      {"\x08\x01\xf3\x07\xf3\x07\xf4\x07"s, "at byte 8 in t.Part, the group 126 does not end"},
      {"\x08\x01\x82\x80\x80\x80\x80\x01\x00"s, "at byte 2 in t.Part, a tag is broken"},
  };
  for (const auto& [wire, fault] : cases) {
    std::string bytes = wire;
    EXPECT_EQ(printed_.Of("t.Part", bytes), fault) << testing::PrintToString(wire);
  }
}

TEST_F(RarePrinterTest, LimitsTheDepthOfGroups) {
  const std::string open(70, '\x13');
  EXPECT_THAT(printed_.Of("t.Part", open), testing::HasSubstr("nested too deep"));
  const std::string unknown(70, '\x53');
  EXPECT_THAT(printed_.Of("t.Part", unknown), testing::HasSubstr("groups are nested too deep"));
}

TEST_F(RarePrinterTest, LeavesOutAndCountsWhatIsUnknown) {
  const std::string wire("\x08\x01\x0a\x01x\xf0\x07\x05\x18\x09\x18\x03\x1a\x02\x07\x01\x20\x63",
                         18);
  EXPECT_EQ(printed_.Of("t.Part", wire), R"({"number":1,"colors":["GREEN","RED"]})");
  EXPECT_EQ(printed_.UnknownFields("t.Part", wire), 5u);
  EXPECT_EQ(printed_.Of("t.Part", "\x08\x01\x53\x08\x02\x5b\x5c\x54"), R"({"number":1})");
}

TEST_F(RarePrinterTest, KeepsTheZeroOfAClosedEnumInLists) {
  const Printed printed(R"(
    syntax = "proto2"; package t; enum Color { GREEN = 0; RED = 1; }
    message All { repeated Color colors = 5; map<string, Color> map = 6; })");
  EXPECT_EQ(printed.Of("t.All", "\x2a\x03\x00\x0a\x01"s), R"({"colors":["GREEN","RED"]})");
  EXPECT_EQ(printed.Of("t.All", "\x28\x00"s), R"({"colors":["GREEN"]})");
  EXPECT_EQ(printed.Of("t.All", "\x32\x05\x0a\x01k\x10\x00\x32\x05\x0a\x01l\x10\x07"s),
            R"({"map":{"k":"GREEN"}})");
}

TEST_F(RarePrinterTest, WritesGroupsAndExtensions) {
  EXPECT_EQ(printed_.OfText("t.Part",
                            "number: 1 Group { text: 'x' part { number: 2 } } "
                            "[t.more] { number: 3 }"),
            R"({"number":1,"group":{"text":"x","part":{"number":2}},"[t.more]":{"number":3}})");
}

TEST_F(RarePrinterTest, WritesOneFieldAlone) {
  const std::string wire = printed_.schema().Wire(
      "t.Loose", "name: 'n' list: [1, 2] b { name: 'x' } map { key: 'k' value: 1 }");
  const auto field = [&](const char* name) { return printed_.OfField("t.Loose", name, wire); };
  EXPECT_EQ(field("name"), "\"n\"");
  EXPECT_EQ(field("list"), "[1,2]");
  EXPECT_EQ(field("b"), R"({"name":"x"})");
  EXPECT_EQ(field("map"), R"({"k":1})");
  EXPECT_EQ(field("loose"), "null");
  EXPECT_EQ(field("a"), "second look");
  EXPECT_EQ(printed_.OfField("t.Loose", "list", ""), "[]");
  EXPECT_EQ(printed_.OfField("t.Loose", "map", ""), "{}");
}

TEST_F(RarePrinterTest, WritesNoDefaultsBesideOneField) {
  const Printed printed(kSchema, {.default_values = true});
  const std::string wire = printed.schema().Wire("t.Loose", "name: 'n' list: [1, 2]");
  EXPECT_EQ(printed.OfField("t.Loose", "list", wire), "[1,2]");
  EXPECT_EQ(printed.OfField("t.Loose", "name", wire), "\"n\"");
  EXPECT_EQ(printed.OfField("t.Loose", "map", wire), "{}");
}

TEST_F(RarePrinterTest, LooksAtTheFieldsThatItDoesNotWrite) {
  EXPECT_EQ(printed_.OfField("t.Loose", "name", "\x0a\x01n\x1a\x01\xff"),
            "at byte 5, t.Loose.a is not valid UTF-8");
  EXPECT_EQ(printed_.OfField("t.Loose", "name", "\x0a\x01n\x1a\x05"),
            "at byte 4 in t.Loose, the field 3 is cut short");
  EXPECT_EQ(printed_.OfField("t.Loose", "name", "\x0a\x01n\x0a\x01m"), "second look");
}

}  // namespace
}  // namespace sluice
