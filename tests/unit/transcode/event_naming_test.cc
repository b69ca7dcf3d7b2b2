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

TEST(EventNaming, MakesNamesThatAPageCanListenTo) {
  const InlineSchema schema(R"(syntax = "proto3";
      import "google/protobuf/any.proto";
      message error { oneof kind { int32 error = 1; int32 open = 2; int32 _ = 3; } }
      message open { int32 x = 1; } message Fine { google.protobuf.Any any = 1; })");
  const EventNaming named(schema.Type("open"), StreamOptions::MESSAGE, "");
  EXPECT_THAT(named.AllNames(), ElementsAre("Open"));
  EXPECT_THAT(named.Remarks(), ElementsAre("events of type open are named Open: open means "
                                           "something else to EventSource"));
  EXPECT_THAT(EventNaming(schema.Type("error"), StreamOptions::FULL, "").AllNames(),
              ElementsAre("Error"));
  const EventNaming members(schema.Type("error"), StreamOptions::ONEOF, "");
  EXPECT_THAT(members.AllNames(), ElementsAre("Error", "Open", "_", "Error"));
  EXPECT_EQ(members.Remarks().size(), 1u);
  const EventNaming held(schema.Type("google.protobuf.Any"), StreamOptions::FULL, "");
  EXPECT_EQ(held.NameOf(nullptr, &schema.Type("error")), "Error");
  EXPECT_EQ(held.NameOf(nullptr, &schema.Type("Fine")), "Fine");
  EXPECT_THAT(held.Remarks(), ::testing::IsEmpty());
  EXPECT_THAT(EventNaming(schema.Type("open"), StreamOptions::NONE, "").Remarks(),
              ::testing::IsEmpty());
}

TEST(EventNaming, RemarksOnMembersThatAPageCannotTellApart) {
  const InlineSchema schema(R"(syntax = "proto2"; package t;
      message E { oneof e { int32 user_left = 1; int32 UserLeft = 2; int32 Other = 3; } })");
  EXPECT_THAT(EventNaming(schema.Type("t.E"), StreamOptions::ONEOF, "").Remarks(),
              ElementsAre("events of the members user_left and UserLeft have one name, UserLeft"));
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
