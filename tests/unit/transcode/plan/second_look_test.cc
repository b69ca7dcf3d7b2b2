// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/second_look.h"

#include <string>
#include <vector>

#include "gateway/transcode/response_transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/api/httpbody.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  message All {
    int32 number = 1; string text = 2; All all = 3; repeated int32 list = 4;
    map<string, int32> map = 5; oneof pick { string name = 6; All other = 7; }
    google.protobuf.Timestamp time = 8; google.protobuf.Value value = 9;
    google.protobuf.Int64Value wrapped = 10; google.api.HttpBody body = 11; int64 large = 12;
  })";

class SecondLookTest : public ::testing::Test {
 protected:
  SecondLook::Options Options() const { return {.type = &schema_.Type("t.All")}; }
  std::string Wire(const std::string& text) const { return schema_.Wire("t.All", text); }

  const InlineSchema schema_{kSchema};
  const DynamicTypes types_{schema_.pool()};
  const EventNaming naming_{schema_.Type("t.All"), StreamOptions::ONEOF, ""};
};

TEST_F(SecondLookTest, PutsTogetherWhatCameInPieces) {
  const SecondLook look(Options(), types_, naming_);
  TranscodedEvent event;
  const std::string wire = Wire("all { number: 1 } list: 1 map { key: 'k' value: 1 }") +
                           Wire("all { text: 'x' } list: 2 map { key: 'k' value: 2 }");
  ASSERT_TRUE(look.Transcode(wire, event).ok());
  EXPECT_EQ(event.data, R"({"all":{"number":1,"text":"x"},"list":[1,2],"map":{"k":2}})");
  EXPECT_EQ(event.name, "All");
}

TEST_F(SecondLookTest, CountsUnknownFieldsWhereverTheyLie) {
  const SecondLook look(Options(), types_, naming_);
  TranscodedEvent event;
  const std::string wire = "\xa0\x06\x01" + std::string("\x1a\x03\xa0\x06\x01\x42\x03\xa0\x06\x01");
  ASSERT_TRUE(look.Transcode(wire, event).ok());
  EXPECT_EQ(event.unknown_fields, 3u);
}

TEST(SecondLook, LeavesOutAMapOfWhichNoEntryIsKnown) {
  const InlineSchema schema(R"(syntax = "proto2"; package t;
      enum Color { RED = 0; }
      message M { map<string, Color> colors = 1; optional int32 n = 2; })");
  const DynamicTypes types(schema.pool());
  const EventNaming naming(schema.Type("t.M"), StreamOptions::ONEOF, "");
  const std::string wire = std::string("\x0a\x05\x0a\x01k\x10\x09\x10\x02", 9);
  TranscodedEvent event;
  ASSERT_TRUE(SecondLook({.type = &schema.Type("t.M")}, types, naming).Transcode(wire, event).ok());
  EXPECT_EQ(event.data, R"({"n":2})");
  event = TranscodedEvent();
  const SecondLook whole({.type = &schema.Type("t.M"), .json = {.default_values = true}}, types,
                         naming);
  ASSERT_TRUE(whole.Transcode(wire, event).ok());
  EXPECT_EQ(event.data, R"({"colors":{},"n":2})");
}

TEST_F(SecondLookTest, GivesOneFieldAlone) {
  SecondLook::Options options = Options();
  options.body = options.type->FindFieldByName("list");
  TranscodedEvent event;
  ASSERT_TRUE(SecondLook(options, types_, naming_).Transcode(Wire("list: 3"), event).ok());
  EXPECT_EQ(event.data, "[3]");
  options.body = options.type->FindFieldByName("all");
  TranscodedEvent absent;
  ASSERT_TRUE(SecondLook(options, types_, naming_).Transcode("", absent).ok());
  EXPECT_EQ(absent.data, "null");
}

TEST_F(SecondLookTest, ReadsABody) {
  SecondLook::Options options = Options();
  options.body = options.type->FindFieldByName("body");
  SecondLook::Body body;
  const std::string wire = Wire("body { content_type: 'text/css' data: 'a' }");
  ASSERT_TRUE(SecondLook(options, types_, naming_).ReadBody(wire, body).ok());
  EXPECT_EQ(body.content_type + ":" + body.bytes, "text/css:a");
}

// The same bytes in one piece and in pieces that mean the same: one pass, and a second look.
TEST_F(SecondLookTest, AgreesWithTheOnePass) {
  const std::vector<JsonOptions> all_options = {
      {}, {.proto_names = true}, {.default_values = true}, {.numbers_64 = true}};
  const std::vector<std::string> texts = {
      "number: -1 text: 'x\"' all { list: [1, 2] } map { key: 'b' value: 1 }",
      "time { seconds: 5 } value { string_value: 's' } wrapped { value: 0 } large: 9",
      "other { number: 5 } body { content_type: 'a' data: 'b' }", "name: ''", ""};
  for (const JsonOptions& json : all_options) {
    for (const std::string& text : texts) {
      SecondLook::Options options = Options();
      options.json = json;
      TranscodedEvent slow;
      ASSERT_TRUE(SecondLook(options, types_, naming_).Transcode(Wire(text), slow).ok());
      TranscodedEvent fast;
      const ResponseTranscoder transcoder(
          {.type = options.type, .event = StreamOptions::ONEOF, .json = json});
      ASSERT_TRUE(transcoder.Transcode(Wire(text), fast).ok());
      EXPECT_EQ(nlohmann::json::parse(fast.data), nlohmann::json::parse(slow.data)) << text;
      EXPECT_EQ(fast.name, slow.name);
      TranscodedEvent again;
      ASSERT_TRUE(transcoder.Transcode("\x08\x07" + Wire(text) + Wire(text), again).ok());
    }
  }
}

}  // namespace
}  // namespace sluice
