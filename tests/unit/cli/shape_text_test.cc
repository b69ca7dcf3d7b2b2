// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/shape_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/api/field_behavior.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  enum Side { SIDE_UNSPECIFIED = 0; BUY = 1; }
  message Item { string name = 1 [(google.api.field_behavior) = REQUIRED]; Item next = 2; }
  message Watch {
    repeated string symbols = 1; google.protobuf.Timestamp since = 2; Side side = 3;
    Item item = 4; map<int32, Item> items = 5; repeated google.protobuf.Value values = 6;
    oneof pick { bool a = 7; Nothing nothing = 8; } int64 position = 9;
  }
  message Nothing {}
)";

class ShapeTextTest : public ::testing::Test {
 protected:
  JsonShape Shape(const std::string& type) const { return JsonShape(schema_.Type(type)); }
  const InlineSchema schema_{kSchema};
};

TEST_F(ShapeTextTest, WritesAMemberALine) {
  EXPECT_EQ(ShapeText({.indent = 2}).Write(Shape("t.Watch")), R"(t.Watch {
    symbols: array of string
    since: string (RFC 3339 time)
    side: string: SIDE_UNSPECIFIED | BUY
    item: t.Item {
      name: required, string
      next: t.Item
    }
    items: map of int32 to t.Item
    values: array of any value
    a: oneof pick, boolean
    nothing: oneof pick, t.Nothing {}
    position: string (int64)
  })");
}

TEST_F(ShapeTextTest, WritesTheFormThatIsAskedFor) {
  const JsonOptions options{.enums_as_numbers = true, .numbers_64 = true};
  const std::string text = ShapeText({}).Write(JsonShape(schema_.Type("t.Watch"), options));
  EXPECT_THAT(text, HasSubstr("\n  side: number: 0 SIDE_UNSPECIFIED | 1 BUY\n"));
  EXPECT_THAT(text, HasSubstr("\n  position: number (int64)\n"));
}

TEST_F(ShapeTextTest, ShowsATypeOnlyOnce) {
  ShapeText text({});
  EXPECT_EQ(text.Write(Shape("t.Item")), "t.Item {\n  name: required, string\n  next: t.Item\n}");
  EXPECT_EQ(text.Write(Shape("t.Item")), "t.Item");
  EXPECT_EQ(text.Write(Shape("google.protobuf.Timestamp")), "string (RFC 3339 time)");
}

TEST_F(ShapeTextTest, EndsAtTheDepthThatIsAllowed) {
  EXPECT_EQ(ShapeText({.max_depth = 0}).Write(Shape("t.Watch")), "t.Watch");
  const std::string text = ShapeText({.max_depth = 1}).Write(Shape("t.Watch"));
  EXPECT_NE(text.find("  item: t.Item\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace sluice
