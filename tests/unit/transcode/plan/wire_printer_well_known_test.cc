// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  message All {
    google.protobuf.Any any = 1; google.protobuf.Duration duration = 2;
    google.protobuf.FieldMask mask = 3; google.protobuf.Struct struct = 4;
    google.protobuf.Value value = 5; google.protobuf.ListValue list = 6;
    google.protobuf.Timestamp time = 7; google.protobuf.NullValue null = 8;
    google.protobuf.Int64Value int64_value = 9; google.protobuf.StringValue string_value = 10;
    google.protobuf.BytesValue bytes_value = 11; google.protobuf.DoubleValue double_value = 12;
    oneof choice { google.protobuf.NullValue chosen_null = 13; }
    repeated google.protobuf.Value values = 14; int32 number = 15; All all = 16;
  })";

class WellKnownPrinterTest : public ::testing::Test {
 protected:
  std::string Json(const std::string& text) const { return printed_.OfText("t.All", text); }
  std::string OfWire(absl::string_view wire) const { return printed_.Of("t.All", wire); }

  const Printed printed_{kSchema};
};

TEST_F(WellKnownPrinterTest, WritesEachInItsOwnForm) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"duration { seconds: -1 nanos: -500000000 }", R"({"duration":"-1.500s"})"},
      {"time { seconds: 1709208000 nanos: 1000000 }", R"({"time":"2024-02-29T12:00:00.001Z"})"},
      {"time {}", R"({"time":"1970-01-01T00:00:00Z"})"},
      {"mask { paths: 'a_b.c' paths: 'd' }", R"({"mask":"aB.c,d"})"},
      {"mask {}", R"({"mask":""})"},
      {"struct {}", R"({"struct":{}})"},
      {"struct { fields { key: 'k' value { list_value { values { null_value: NULL_VALUE } } } } }",
       R"({"struct":{"k":[null]}})"},
      {"value { number_value: 1.5 } list { values { bool_value: false } values { list_value {} } }",
       R"({"value":1.5,"list":[false,[]]})"},
      {"int64_value {} string_value { value: 'x' } bytes_value {} double_value { value: nan }",
       R"({"int64Value":"0","stringValue":"x","bytesValue":"","doubleValue":"NaN"})"},
      {"chosen_null: NULL_VALUE", R"({"chosenNull":null})"},
      {"any { [type.googleapis.com/t.All] { number: 1 any { } } }",
       R"({"any":{"@type":"type.googleapis.com/t.All","any":{},"number":1}})"},
      {"any { [type.googleapis.com/google.protobuf.Duration] { seconds: 3 } }",
       R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"3s"}})"},
      {"any { type_url: 'x/t.All' }", R"({"any":{"@type":"x/t.All"}})"},
  };
  for (const auto& [text, json] : cases) EXPECT_EQ(Json(text), json);
}

TEST_F(WellKnownPrinterTest, RefusesWhatHasNoJson) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"time { nanos: -1 }",
       "at byte 2 in t.All.time, a google.protobuf.Timestamp of 0 s and -1 ns "
       "is out of range"},
      {"all { duration { seconds: 1 nanos: -1 } }",
       "at byte 5 in t.All.all.duration, a google.protobuf.Duration of 1 s and -1 ns is out of "
       "range"},
      {"value {}", "at byte 2 in t.All.value, a value holds nothing"},
      {"values { number_value: inf }",
       "at byte 3, t.All.values.number_value is not finite, which has no JSON"},
      {"mask { paths: 'A' }", "at byte 4, t.All.mask.paths is \"A\", which has no JSON"},
      {"any { type_url: 'x/t.None' value: '1' }",
       "at byte 4 in t.All.any, a google.protobuf.Any holds a \"x/t.None\", which the schema does "
       "not have"},
      {"any { value: '1' }",
       "at byte 2 in t.All.any, a google.protobuf.Any holds a \"\", which the "
       "schema does not have"},
  };
  for (const auto& [text, fault] : cases) EXPECT_EQ(Json(text), fault);
}

TEST_F(WellKnownPrinterTest, SaysWhereItIsWrongInsideOfAnAny) {
  EXPECT_EQ(Json("any { type_url: 'x/t.All' value: '\\070' }"),
            "at byte 14 in t.All.any(t.All), the field 7 is cut short");
  EXPECT_EQ(Json("any { type_url: 'x/t.All' value: '\\170' }"),
            "at byte 14, t.All.any(t.All).number is cut short");
}

TEST_F(WellKnownPrinterTest, CountsTheDepthThroughAnAny) {
  std::string text = "number: 1";
  for (int i = 0; i < 31; ++i) text = "any { [type.googleapis.com/t.All] { " + text + " } }";
  EXPECT_THAT(Json(text), HasSubstr("\"number\":1"));
  EXPECT_THAT(Json("any { [type.googleapis.com/t.All] { " + text + " } }"),
              HasSubstr("nested too deep"));
}

TEST_F(WellKnownPrinterTest, TakesTheLastOfATimesNumbers) {
  EXPECT_EQ(OfWire("\x3a\x04\x08\x01\x08\x02"), R"({"time":"1970-01-01T00:00:02Z"})");
}

TEST_F(WellKnownPrinterTest, AsksForASecondLookWhereThereIsMoreThanOne) {
  EXPECT_EQ(OfWire("\x2a\x04\x20\x01\x20\x01"), "second look");
  EXPECT_EQ(OfWire("\x4a\x04\x08\x01\x08\x01"), "second look");
  EXPECT_EQ(OfWire("\x0a\x06\x0a\x01x\x0a\x01x"), "second look");
}

}  // namespace
}  // namespace sluice
