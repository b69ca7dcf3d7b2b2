// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/shape/json_shape.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using Kind = JsonShape::Kind;
using Holds = JsonShape::Member::Holds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSchema[] = R"(
  syntax = "proto2";
  package t;
  import "google/api/field_behavior.proto";
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  enum Side { BUY = 1; SELL = 2; }
  message Scalars {
    optional bool a_bool = 1; optional sint32 an_int = 2; optional fixed32 a_uint = 3;
    optional double a_double = 4; optional float a_float = 5; optional sfixed64 a_long = 6;
    optional uint64 a_ulong = 7; optional string text = 8; optional bytes blob = 9;
    optional Side side = 10; optional Scalars inner = 11;
  }
  message WellKnown {
    optional google.protobuf.Any any = 1; optional google.protobuf.Timestamp time = 2;
    optional google.protobuf.Duration duration = 3; optional google.protobuf.FieldMask mask = 4;
    optional google.protobuf.Struct struct = 5; optional google.protobuf.Value value = 6;
    optional google.protobuf.ListValue list = 7; optional google.protobuf.Int64Value long = 8;
    optional google.protobuf.NullValue null = 9;
  }
  message Kinds {
    required string id = 7; repeated Side sides = 2; map<sint64, Kinds> by_number = 3;
    oneof pick { string left = 4; string right = 5 [json_name = "RIGHT"]; }
    optional group Part = 6 { optional int32 n = 1; }
    optional string name = 8 [(google.api.field_behavior) = REQUIRED];
    extensions 100 to 199;
  }
  extend Kinds { repeated int32 later = 102; optional Scalars sooner = 101; }
)";

std::vector<std::string> Described(const JsonShape& shape) {
  std::vector<std::string> kinds;
  for (const JsonShape::Member& member : shape.Members()) {
    kinds.push_back(std::to_string(static_cast<int>(member.shape.kind())) + " " +
                    std::string(member.shape.format()));
  }
  return kinds;
}

std::string Of(Kind kind, const std::string& format) {
  return std::to_string(static_cast<int>(kind)) + " " + format;
}

class JsonShapeTest : public ::testing::Test {
 protected:
  JsonShape Shape(const std::string& type) const { return JsonShape(schema_.Type(type)); }
  const InlineSchema schema_{kSchema};
};

TEST_F(JsonShapeTest, KnowsEveryScalar) {
  EXPECT_THAT(
      Described(Shape("t.Scalars")),
      ElementsAre(Of(Kind::kBoolean, ""), Of(Kind::kNumber, "int32"), Of(Kind::kNumber, "uint32"),
                  Of(Kind::kNumber, "double"), Of(Kind::kNumber, "float"),
                  Of(Kind::kString, "int64"), Of(Kind::kString, "uint64"), Of(Kind::kString, ""),
                  Of(Kind::kString, "base64"), Of(Kind::kEnum, ""), Of(Kind::kObject, "")));
}

TEST_F(JsonShapeTest, KnowsTheTypesThatAreNoObjectsOfTheirFields) {
  EXPECT_THAT(
      Described(Shape("t.WellKnown")),
      ElementsAre(Of(Kind::kTyped, ""), Of(Kind::kString, "RFC 3339 time"),
                  Of(Kind::kString, "seconds, such as 1.5s"),
                  Of(Kind::kString, "paths, such as user.displayName,photo"),
                  Of(Kind::kAnyObject, ""), Of(Kind::kAnyValue, ""), Of(Kind::kAnyArray, ""),
                  Of(Kind::kString, "int64"), Of(Kind::kNull, "")));
  EXPECT_THAT(Shape("google.protobuf.Timestamp").Members(), IsEmpty());
}

TEST_F(JsonShapeTest, HasMembersInTheOrderOfTheProtoAndExtensionsBehindThem) {
  std::vector<std::string> names;
  for (const JsonShape::Member& member : Shape("t.Kinds").Members()) names.push_back(member.name);
  EXPECT_THAT(names, ElementsAre("id", "sides", "byNumber", "left", "RIGHT", "part", "name",
                                 "[t.sooner]", "[t.later]"));
}

TEST_F(JsonShapeTest, SaysWhatAMemberHolds) {
  const std::vector<JsonShape::Member> members = Shape("t.Kinds").Members();
  EXPECT_TRUE(members[0].required);
  EXPECT_EQ(members[1].holds, Holds::kArray);
  EXPECT_EQ(members[1].shape.enum_type()->full_name(), "t.Side");
  EXPECT_FALSE(members[1].required);
  EXPECT_EQ(members[2].holds, Holds::kMap);
  EXPECT_EQ(members[2].key_format, "sint64");
  EXPECT_EQ(members[2].shape.message_type()->full_name(), "t.Kinds");
  EXPECT_EQ(members[3].oneof, "pick");
  EXPECT_EQ(members[5].oneof, "");
  EXPECT_TRUE(members[6].required);
  EXPECT_EQ(members[8].holds, Holds::kArray);
}

TEST_F(JsonShapeTest, IsOfTheFormThatIsAskedFor) {
  const JsonOptions options{.proto_names = true, .enums_as_numbers = true, .numbers_64 = true};
  const JsonShape scalars(schema_.Type("t.Scalars"), options);
  const std::vector<JsonShape::Member> members = scalars.Members();
  EXPECT_EQ(members[5].name, "a_long");
  EXPECT_EQ(members[5].shape.kind(), Kind::kNumber);
  EXPECT_EQ(members[6].shape.kind(), Kind::kNumber);
  EXPECT_TRUE(members[9].shape.enums_are_numbers());
  EXPECT_EQ(members[10].shape.Members()[5].name, "a_long");
  const JsonShape well_known(schema_.Type("t.WellKnown"), options);
  EXPECT_EQ(well_known.Members()[7].shape.kind(), Kind::kNumber);
  EXPECT_FALSE(Shape("t.Scalars").Members()[9].shape.enums_are_numbers());
}

TEST_F(JsonShapeTest, LeavesOutTheOneofOfAnOptionalField) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      message M { optional int32 maybe = 1; })");
  EXPECT_EQ(JsonShape(schema.Type("t.M")).Members()[0].oneof, "");
}

}  // namespace
}  // namespace sluice
