// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "gateway/transcode/message_printer.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/protobuf/any.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  message All {
    google.protobuf.Any any = 1; google.protobuf.Timestamp time = 2;
    google.protobuf.FieldMask mask = 3; google.protobuf.Value value = 4; All all = 5;
  })";

class MessagePrinterWellKnownTest : public testing::Test {
 protected:
  absl::Status Print(const std::string& text, const JsonOptions& options, std::string& json) const {
    const std::unique_ptr<google::protobuf::Message> message(
        types_.Prototype(schema_.Type("t.All")).New());
    const absl::Status parsed =
        ParseStrictly(schema_.Wire("t.All", text), kMaxMessageDepth, *message);
    EXPECT_TRUE(parsed.ok()) << parsed;
    return MessagePrinter({types_, kMaxMessageDepth, options}, json).Print(*message);
  }

  const InlineSchema schema_{kSchema};
  const DynamicTypes types_{schema_.pool()};
};

TEST_F(MessagePrinterWellKnownTest, WritesTheBytesOfAnAnyOfUnknownTypeWhereThatIsWanted) {
  std::string json;
  const std::string text =
      "any { type_url: 'x/y.New' value: '\\377\\001' } all { any { type_url: 'New\"' } }";
  ASSERT_TRUE(Print(text, {.unknown_any_as_bytes = true}, json).ok());
  EXPECT_EQ(json, R"({"any":{"@type":"x/y.New","@value":"/wE="},)"
                  R"("all":{"any":{"@type":"New\"","@value":""}}})");
  json.clear();
  EXPECT_EQ(FaultOf(Print(text, {}, json)), EventFault::kUnknownType);
}

TEST_F(MessagePrinterWellKnownTest, NamesTheKindOfEveryFault) {
  const std::pair<const char*, EventFault> cases[] = {
      {"time { nanos: -1 }", EventFault::kOutOfRange},
      {"mask { paths: 'X' }", EventFault::kFieldMask},
      {"value {}", EventFault::kValue},
      {"value { number_value: nan }", EventFault::kValue},
      {"any { type_url: 'x/t.All' value: '\\001' }", EventFault::kMalformed},
      {"any { type_url: 'x/t.All' value: '\\022\\002\\020\\377' }", EventFault::kMalformed},
      {"any { [type.googleapis.com/t.All] { value {} } }", EventFault::kValue},
  };
  for (const auto& [text, fault] : cases) {
    std::string json;
    EXPECT_EQ(FaultOf(Print(text, {}, json)), fault) << text;
    std::string with_bytes;
    EXPECT_EQ(FaultOf(Print(text, {.unknown_any_as_bytes = true}, with_bytes)), fault) << text;
  }
}

}  // namespace
}  // namespace sluice
