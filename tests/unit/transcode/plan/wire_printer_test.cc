// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/wire_printer.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  enum Color { NO_COLOR = 0; RED = 1; BLUE = -3; FAR = 70000; }
  message All {
    int32 an_int32 = 1; int64 an_int64 = 2; uint32 a_uint32 = 3; uint64 a_uint64 = 4;
    sint32 a_sint32 = 5; sint64 a_sint64 = 6; fixed32 a_fixed32 = 7; fixed64 a_fixed64 = 8;
    sfixed32 a_sfixed32 = 9; sfixed64 a_sfixed64 = 10; float a_float = 11; double a_double = 12;
    bool a_bool = 13; string a_string = 14; bytes some_bytes = 15; Color color = 16; All all = 17;
    optional int32 optional_int = 18; string custom = 19 [json_name = "@cust\"om"];
    repeated int64 int64s = 21; repeated string strings = 22; repeated Color colors = 23;
    repeated All alls = 24; repeated double doubles = 25; repeated int32 loose = 26 [packed = false];
    repeated sint64 sints = 27; repeated float floats = 28; repeated bool bools = 5000;
    oneof choice { int32 chosen_int = 81; string chosen_text = 82; All chosen_all = 83; }
  })";

class WirePrinterTest : public ::testing::Test {
 protected:
  std::string Json(const std::string& text) const { return printed_.OfText("t.All", text); }
  std::string OfWire(absl::string_view wire, int max_depth = 64) const {
    return printed_.Of("t.All", wire, max_depth);
  }
  std::string Wire(const std::string& text) const { return printed_.schema().Wire("t.All", text); }

  const Printed printed_{kSchema};
};

TEST_F(WirePrinterTest, WritesEveryScalar) {
  EXPECT_EQ(Json("an_int32: -1 an_int64: -9223372036854775808 a_uint32: 4294967295 "
                 "a_uint64: 18446744073709551615 a_sint32: -5 a_sint64: -6 a_fixed32: 7"),
            R"({"anInt32":-1,"anInt64":"-9223372036854775808","aUint32":4294967295,)"
            R"("aUint64":"18446744073709551615","aSint32":-5,"aSint64":"-6","aFixed32":7})");
  EXPECT_EQ(Json("a_fixed64: 8 a_sfixed32: -9 a_sfixed64: -10 a_float: 1.5 a_double: -0.25 "
                 "a_bool: true a_string: 'h\"' some_bytes: '\\000\\377' color: RED"),
            R"({"aFixed64":"8","aSfixed32":-9,"aSfixed64":"-10","aFloat":1.5,"aDouble":-0.25,)"
            R"("aBool":true,"aString":"h\"","someBytes":"AP8=","color":"RED"})");
}

TEST_F(WirePrinterTest, LeavesOutDefaultsThatHaveNoPresence) {
  EXPECT_EQ(Json(""), "{}");
  EXPECT_EQ(OfWire({"\x08\x00\x72\x00\x7a\x80\x00\x68\x00", 9}), "{}");
  EXPECT_EQ(Json("optional_int: 0 chosen_int: 0"), R"({"optionalInt":0,"chosenInt":0})");
  EXPECT_EQ(Json("all {}"), R"({"all":{}})");
}

TEST_F(WirePrinterTest, NamesEnumsThatItKnows) {
  EXPECT_EQ(Json("colors: [RED, BLUE, NO_COLOR, FAR] custom: 'x'"),
            R"({"@cust\"om":"x","colors":["RED","BLUE","NO_COLOR","FAR"]})");
  EXPECT_EQ(OfWire("\x80\x01\x07"), R"({"color":7})");
}

TEST_F(WirePrinterTest, TakesListsPackedOrNot) {
  EXPECT_EQ(OfWire("\xd0\x01\x03\xd0\x01\x04"), R"({"loose":[3,4]})");
  EXPECT_EQ(OfWire("\xd2\x01\x02\x03\x04"), R"({"loose":[3,4]})");
  EXPECT_EQ(OfWire("\xd2\x01\x01\x03\xd0\x01\x04\xd2\x01\x01\x05"), R"({"loose":[3,4,5]})");
  EXPECT_EQ(OfWire({"\xd2\x01\x00\x08\x05", 5}), R"({"anInt32":5})");
  EXPECT_EQ(Json("bools: [true, false] floats: [0.1, nan] doubles: inf sints: [-1]"),
            R"({"doubles":["Infinity"],"sints":["-1"],"floats":[0.1,"NaN"],"bools":[true,false]})");
}

TEST_F(WirePrinterTest, NestsMessagesAndLists) {
  EXPECT_EQ(Json("all { all { a_bool: true } strings: ['', 'b'] } alls {} alls { an_int32: 1 }"),
            R"({"all":{"all":{"aBool":true},"strings":["","b"]},"alls":[{},{"anInt32":1}]})");
}

TEST_F(WirePrinterTest, KeepsTheOrderOfTheWire) {
  EXPECT_EQ(OfWire("\x18\x01\x08\x02"), R"({"aUint32":1,"anInt32":2})");
}

TEST_F(WirePrinterTest, AsksForASecondLookWhereOnePassCannotTell) {
  const std::string cases[] = {
      "\x08\x01\x08\x02",                                            // twice
      Wire("all { an_int32: 1 }") + Wire("all { a_bool: true }"),    // in pieces
      Wire("int64s: 1") + Wire("a_bool: true") + Wire("int64s: 2"),  // runs apart
      Wire("chosen_int: 1") + Wire("chosen_text: 'x'"),              // both of a oneof
      Wire("all { chosen_int: 1 }").append("\x8a\x01\x02\x08\x01"),
  };
  for (const std::string& wire : cases) EXPECT_EQ(OfWire(wire), "second look");
}

TEST_F(WirePrinterTest, TakesADefaultBeforeAValueForNothing) {
  EXPECT_EQ(OfWire({"\x08\x00\x08\x02", 4}), R"({"anInt32":2})");
}

TEST_F(WirePrinterTest, CountsNestedMessages) {
  std::string wire = "\x08\x01";
  for (int depth = 1; depth < 64; ++depth) {
    std::string around = "\x8a\x01";
    for (size_t rest = wire.size();; rest >>= 7) {
      around.push_back(static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
      if (rest <= 0x7f) break;
    }
    wire = around + wire;
  }
  EXPECT_EQ(OfWire(wire).substr(0, 7), "{\"all\":");
  EXPECT_NE(OfWire(wire, 63).find("messages are nested too deep"), std::string::npos);
}

TEST_F(WirePrinterTest, WritesLongTextsAndManyFields) {
  const std::string text(100000, 'x');
  const std::string wire = Wire("a_string: '" + text + "' strings: '" + text + "'");
  EXPECT_EQ(OfWire(wire), "{\"aString\":\"" + text + "\",\"strings\":[\"" + text + "\"]}");
}

}  // namespace
}  // namespace sluice
