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
  })";

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
  std::string Int(const std::string& field, int64_t value) {
    return Result(field, [value](FieldSlot slot) { return slot.PutInt(value); });
  }
  std::string Double(const std::string& field, double value) {
    return Result(field, [value](FieldSlot slot) { return slot.PutDouble(value); });
  }
  std::string Text(const std::string& field, const std::string& value) {
    return Result(field, [value](FieldSlot slot) { return slot.PutText(value); });
  }

  const InlineSchema schema_{kSchema};
  google::protobuf::DynamicMessageFactory factory_;
  const std::unique_ptr<google::protobuf::Message> message_{
      factory_.GetPrototype(&schema_.Type("t.M"))->New()};
};

TEST_F(FieldSlotTest, PutsWholeNumbersWhereTheyFit) {
  EXPECT_EQ(Int("i32", -5), "i32: -5");
  EXPECT_EQ(Int("d", 5), "d: 5");
  EXPECT_EQ(Int("f", 5), "f: 5");
  EXPECT_EQ(Int("e", 2), "e: B");
  EXPECT_EQ(Int("list", INT64_MAX), "list: 9223372036854775807");
  EXPECT_THAT(Int("i32", 1LL << 31), HasSubstr("out of the range of an int32"));
  EXPECT_THAT(Int("u64", -1), HasSubstr("is not a uint64"));
  EXPECT_EQ(Int("b", 1), "the number 1 is not true or false");
  EXPECT_EQ(Int("s", 1), "the number 1 is not a string");
}

TEST_F(FieldSlotTest, TakesFractionsForWholeNumbersOnlyWhereTheyAreNone) {
  EXPECT_EQ(Double("i32", 1e3), "i32: 1000");
  EXPECT_EQ(Double("i32", 1.5), "the number 1.5 is not an int32");
  EXPECT_THAT(Double("list", 1e300), HasSubstr("is not an int64"));
  EXPECT_THAT(Double("list", -1e19), HasSubstr("is not an int64"));
  EXPECT_EQ(Double("f", 0.5), "f: 0.5");
  EXPECT_THAT(Double("f", 1e39), HasSubstr("out of the range of a float"));
  EXPECT_THAT(Double("s", 0.5), HasSubstr("is not a string"));
}

TEST_F(FieldSlotTest, TakesOnlyTheValuesOfAClosedEnum) {
  EXPECT_EQ(Text("e", "A"), "e: A");
  EXPECT_EQ(Text("closeds", "2"), "closeds: B");
  EXPECT_EQ(Text("e", "3"), "\"3\" is not a value of t.Closed");
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

}  // namespace
}  // namespace sluice
