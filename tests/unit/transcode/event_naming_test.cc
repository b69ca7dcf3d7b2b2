// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/event_naming.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;
using ::testing::ElementsAre;

TEST(EventNaming, WritesTheNamesOfMembersInUpperCamelCase) {
  const InlineSchema schema(R"(syntax = "proto3"; package t; message E {
      oneof e { int32 user_connected = 1; int32 alreadyCamel = 2; int32 x = 3; int32 _a__b_ = 4;
                int32 v2_start = 5; } })");
  const EventNaming naming(schema.Type("t.E"), StreamOptions::ONEOF, "");
  EXPECT_THAT(naming.AllNames(),
              ElementsAre("UserConnected", "AlreadyCamel", "X", "AB", "V2Start", "E"));
}

TEST(EventNaming, KnowsThePayloadOfEveryEvent) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      import "google/protobuf/any.proto";
      message E { oneof e { int32 a = 1; google.protobuf.Any b = 2; } })");
  const auto& type = schema.Type("t.E");
  const auto events = EventNaming(type, StreamOptions::ONEOF, "").AllEvents();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[1].name, "B");
  EXPECT_EQ(events[1].payload, type.field(1));
  EXPECT_EQ(events[2].name, "E");
  EXPECT_EQ(events[2].payload, nullptr);
  const auto& any = schema.Type("google.protobuf.Any");
  const auto held = EventNaming(any, StreamOptions::FULL, "").AllEvents();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].name, "");
}

TEST(EventNaming, NamesTheMessageWhereItIsNotClearWhichOneofIsMeant) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      message Two { oneof a { int32 x = 1; } oneof b { int32 y = 2; } }
      message None { int32 x = 1; })");
  for (const char* type : {"t.Two", "t.None"}) {
    const EventNaming naming(schema.Type(type), StreamOptions::ONEOF, "");
    EXPECT_THAT(naming.AllNames(), ElementsAre(schema.Type(type).name()));
  }
}

TEST(EventNaming, LeavesTheOneofOfAValueAlone) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      import "google/protobuf/struct.proto"; message M { google.protobuf.Value value = 1; })");
  const EventNaming naming(schema.Type("google.protobuf.Value"), StreamOptions::ONEOF, "");
  EXPECT_THAT(naming.AllNames(), ElementsAre("Value"));
}

TEST(EventNaming, AFixedNameWins) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      import "google/protobuf/any.proto"; message M { google.protobuf.Any any = 1; })");
  const EventNaming naming(schema.Type("google.protobuf.Any"), StreamOptions::FULL, "thing");
  EXPECT_FALSE(naming.needs_held_type());
  EXPECT_THAT(naming.AllNames(), ElementsAre("thing"));
  EXPECT_EQ(naming.NameOf(nullptr, &schema.Type("t.M")), "thing");
}

}  // namespace
}  // namespace sluice
