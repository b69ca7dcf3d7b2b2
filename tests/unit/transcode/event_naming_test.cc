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
