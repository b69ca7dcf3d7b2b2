// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/field_slot.h"

#include <functional>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto2";
  package t;
  import "google/protobuf/timestamp.proto";
  enum Closed { A = 1; B = 2; }
  message M {
    optional int32 i32 = 1; optional uint64 u64 = 2; optional float f = 3; optional double d = 4;
    optional bool b = 5; optional string s = 6; optional Closed e = 7; repeated int64 list = 8;
    optional google.protobuf.Timestamp time = 9; optional M m = 10; repeated bool flags = 11;
    optional string renamed = 12 [json_name = "other"]; repeated Closed closeds = 13;
    repeated bytes blobs = 14;
    extensions 100 to 199;
  }
  message Other { extensions 1 to 9; extend M { optional int32 nested = 101; } }
  extend M { optional int32 level = 100; }
  extend Other { optional int32 foreign = 1; })";

class FieldSlotTest : public ::testing::Test {
 protected:
  using Put = std::function<absl::Status(FieldSlot)>;
  // The message with the value put into the field, or the error.
  std::string Result(const std::string& field, const Put& put) {
    message_->Clear();
    const absl::Status status =
        put(FieldSlot(*message_, *schema_.Type("t.M").FindFieldByName(field)));
    if (status.ok()) return schema_.Text("t.M", message_->SerializePartialAsString());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  }
  std::string Number(const std::string& field, const std::string& text) {
    return Result(field, [text](FieldSlot slot) { return slot.PutNumber(text); });
  }
  std::string Text(const std::string& field, const std::string& value) {
    return Result(field, [value](FieldSlot slot) { return slot.PutText(value); });
  }

  const InlineSchema schema_{kSchema};
  google::protobuf::DynamicMessageFactory factory_;
  const std::unique_ptr<google::protobuf::Message> message_{
      factory_.GetPrototype(&schema_.Type("t.M"))->New()};
};

TEST_F(FieldSlotTest, PutsNumbersWhereTheyFit) {
  EXPECT_EQ(Number("i32", "-5"), "i32: -5");
  EXPECT_EQ(Number("i32", "1e3"), "i32: 1000");
  EXPECT_EQ(Number("d", "5"), "d: 5");
  EXPECT_EQ(Number("d", "-0"), "d: -0");
  EXPECT_EQ(Number("f", "0.5"), "f: 0.5");
  EXPECT_EQ(Number("e", "2"), "e: B");
  EXPECT_EQ(Number("list", "9223372036854775807.0"), "list: 9223372036854775807");
}

TEST_F(FieldSlotTest, SaysWhichNumbersAFieldTakes) {
  EXPECT_EQ(Number("i32", "2147483648"),
            "2147483648 is out of the range of an int32, -2147483648 to 2147483647");
  EXPECT_EQ(Number("u64", "-1"), "-1 is out of the range of a uint64, 0 to 18446744073709551615");
  EXPECT_EQ(Number("f", "1e39"),
            "1e39 is out of the range of a float, -3.40282e+38 to 3.40282e+38");
  EXPECT_EQ(Number("i32", "1.5"), "1.5 is not an int32");
  EXPECT_EQ(Number("b", "1"), "1 is not true or false");
  EXPECT_EQ(Number("s", "0.5"), "0.5 is not a string");
}

TEST_F(FieldSlotTest, ReadsNumbersInWordsAsJsonWritesThem) {
  EXPECT_EQ(Text("i32", "1e3"), "i32: 1000");
  EXPECT_EQ(Text("d", "-Infinity"), "d: -inf");
  for (const char* text : {"", "007", "+1", " 1", "0x1", "1.", "inf", "Infinity"}) {
    EXPECT_THAT(Text("i32", text), HasSubstr("is not an int32")) << text;
  }
}

TEST_F(FieldSlotTest, TakesOnlyTheValuesOfAClosedEnum) {
  EXPECT_EQ(Text("e", "A"), "e: A");
  EXPECT_EQ(Text("closeds", "2"), "closeds: B");
  EXPECT_EQ(Text("e", "3"), "3 is not a value of t.Closed (A, B)");
  EXPECT_EQ(Number("e", "4294967297"), "4294967297 is not a value of t.Closed (A, B)");
  EXPECT_THAT(Text("e", "a"), HasSubstr("did you mean \"A\"?"));
  EXPECT_THAT(Text("e", ""), HasSubstr("is not a value of t.Closed"));
}

TEST_F(FieldSlotTest, ShowsNoRawBytesOfAValue) {
  EXPECT_EQ(Text("s", "\r\n\xff"), "\"\\r\\n\\xff\" is not valid UTF-8");
}

TEST_F(FieldSlotTest, PutsWordsIntoTheMessagesThatHaveThem) {
  EXPECT_EQ(Text("time", "1970-01-01T00:00:02Z"), "time { seconds: 2 }");
  EXPECT_THAT(Text("m", "x"), HasSubstr("is not a t.M"));
  EXPECT_EQ(Text("blobs", "YQ"), "blobs: \"a\"");
  EXPECT_EQ(Text("flags", "false"), "flags: false");
}

TEST_F(FieldSlotTest, FindsFieldsByBothNames) {
  const auto& type = schema_.Type("t.M");
  EXPECT_EQ(FindField(type, "renamed"), FindField(type, "other"));
  EXPECT_NE(FindField(type, "other"), nullptr);
  EXPECT_EQ(FindField(type, "nothing"), nullptr);
  EXPECT_EQ(FindField(type, ""), nullptr);
}

TEST_F(FieldSlotTest, FindsExtensionsByTheirNameInBrackets) {
  const auto& type = schema_.Type("t.M");
  ASSERT_NE(FindField(type, "[t.level]"), nullptr);
  EXPECT_EQ(FindField(type, "[t.level]")->number(), 100);
  EXPECT_NE(FindField(type, "[t.Other.nested]"), nullptr);
  for (const char* name : {"t.level", "level", "[t.foreign]", "[level]", "[", "[]", "[t.M]"}) {
    EXPECT_EQ(FindField(type, name), nullptr) << name;
  }
}

}  // namespace
}  // namespace sluice
