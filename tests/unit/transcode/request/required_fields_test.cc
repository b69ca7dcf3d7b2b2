// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/required_fields.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSchema[] = R"(
  syntax = "proto2";
  package t;
  import "google/api/field_behavior.proto";
  message Item {
    optional string name = 1 [(google.api.field_behavior) = REQUIRED];
    optional Item inner = 2;
  }
  message Request {
    required string old = 1;
    optional string marked = 2 [(google.api.field_behavior) = OUTPUT_ONLY,
                                (google.api.field_behavior) = REQUIRED];
    optional string free = 3 [(google.api.field_behavior) = OPTIONAL, deprecated = true];
    optional Item item = 4;
    repeated Item items = 5;
    optional Nothing nothing = 6;
  }
  message Nothing { optional string x = 1; optional Nothing nothing = 2; }
)";

std::vector<std::string> Missing(const std::string& text, const std::vector<std::string>& listed) {
  const InlineSchema schema(kSchema);
  std::vector<FieldPath> paths;
  for (const std::string& path : listed) paths.push_back(schema.Path("t.Request", path));
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(
      factory.GetPrototype(&schema.Type("t.Request"))->New());
  EXPECT_TRUE(message->ParsePartialFromString(schema.Wire("t.Request", text)));
  return RequiredFields(schema.Type("t.Request"), paths).MissingFrom(*message);
}

TEST(RequiredFields, FindsWhatTheSchemaRequires) {
  EXPECT_THAT(Missing("", {}), ElementsAre("old", "marked"));
  EXPECT_THAT(Missing("old: '' marked: ''", {}), IsEmpty());
}

TEST(RequiredFields, LooksIntoMessagesThatAreGiven) {
  EXPECT_THAT(Missing("old: '' marked: '' item { inner { inner {} } }", {}),
              ElementsAre("item.name", "item.inner.name", "item.inner.inner.name"));
  EXPECT_THAT(Missing("old: '' marked: '' items { name: 'x' } items {}", {}),
              ElementsAre("items[1].name"));
}

TEST(RequiredFields, WantsListedPathsEvenWhereTheParentIsAbsent) {
  EXPECT_THAT(Missing("old: '' marked: ''", {"nothing.nothing.x", "items"}),
              ElementsAre("nothing.nothing.x", "items"));
  EXPECT_THAT(Missing("old: '' marked: '' nothing { nothing { x: '' } } items { name: '' }",
                      {"nothing.nothing.x", "items"}),
              IsEmpty());
}

TEST(RequiredFields, NamesEachFieldOnce) {
  EXPECT_THAT(Missing("", {"marked"}), ElementsAre("marked", "old"));
}

TEST(RequiredFields, StopsNamingAfterMany) {
  std::string text = "old: '' marked: ''";
  for (int i = 0; i < 1000; ++i) text += " items {}";
  EXPECT_EQ(Missing(text, {}).size(), 64U);
}

TEST(RequiredFields, TellsWhichFieldsAreRequired) {
  const InlineSchema schema(kSchema);
  const auto& type = schema.Type("t.Request");
  EXPECT_TRUE(IsRequired(*type.FindFieldByName("old")));
  EXPECT_TRUE(IsRequired(*type.FindFieldByName("marked")));
  EXPECT_FALSE(IsRequired(*type.FindFieldByName("free")));
  EXPECT_FALSE(IsRequired(*type.FindFieldByName("item")));
}

}  // namespace
}  // namespace sluice
