// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/dynamic_types.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(syntax = "proto2"; package t;
    message Strict { required string name = 1; optional Strict inner = 2; }
    message Holder { repeated Strict items = 1; }
    message Plain { optional string name = 1; map<string, Plain> plains = 2; }
    message Extensible { extensions 1 to 10; })";

std::unique_ptr<google::protobuf::Message> New(const DynamicTypes& types,
                                               const google::protobuf::Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(types.Prototype(type).New());
}

TEST(DynamicTypes, FindsTypesByWhatFollowsTheLastSlash) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  EXPECT_EQ(types.FindByUrl("type.googleapis.com/t.Plain"), &schema.Type("t.Plain"));
  EXPECT_EQ(types.FindByUrl("a/b/t.Plain"), &schema.Type("t.Plain"));
  EXPECT_EQ(types.FindByUrl("/t.Plain"), &schema.Type("t.Plain"));
  for (const char* url : {"", "t.Plain", "x/", "x/t.Plain.name", "x/t", "x/.t.Plain"}) {
    EXPECT_EQ(types.FindByUrl(url), nullptr) << url;
  }
}

TEST(DynamicTypes, FindsBundledTypesThatTheSchemaDoesNotHave) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  for (const char* url : {"x/google.protobuf.Duration", "x/google.rpc.ErrorInfo"}) {
    EXPECT_NE(types.FindByUrl(url), nullptr) << url;
  }
}

TEST(DynamicTypes, FindsInOtherPoolsWhatItsOwnDoesNotHave) {
  const InlineSchema own(kSchema);
  const InlineSchema other(R"(syntax = "proto3"; package t;
      message Plain { string other = 1; } message Late {})");
  const InlineSchema last(R"(syntax = "proto3"; package t; message Late { string last = 1; })");
  const DynamicTypes types(own.pool(), {&other.pool(), &last.pool()});
  EXPECT_EQ(types.FindByUrl("x/t.Plain"), &own.Type("t.Plain"));
  EXPECT_EQ(types.FindByUrl("x/t.Late"), &other.Type("t.Late"));
  EXPECT_EQ(types.FindByUrl("x/t.Never"), nullptr);
  EXPECT_EQ(New(types, other.Type("t.Late"))->GetDescriptor(), &other.Type("t.Late"));
}

TEST(DynamicTypes, KnowsWhichTypesCanLackSomething) {
  const InlineSchema schema(kSchema);
  EXPECT_TRUE(CanLackRequired(schema.Type("t.Strict")));
  EXPECT_TRUE(CanLackRequired(schema.Type("t.Holder")));
  EXPECT_TRUE(CanLackRequired(schema.Type("t.Extensible")));
  EXPECT_FALSE(CanLackRequired(schema.Type("t.Plain")));
}

TEST(DynamicTypes, NamesTheRequiredFieldsThatAreMissing) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  const auto message = New(types, schema.Type("t.Holder"));
  const std::string wire = schema.Wire("t.Holder", "items { name: 'x' inner {} }");
  ASSERT_TRUE(ParseStrictly(wire, 8, *message).ok());
  const absl::Status status = CheckInitialized(*message);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("t.Holder"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("items[0].inner.name"));
}

TEST(DynamicTypes, RefusesBytesThatAreNoMessage) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  const std::string bad[] = {"\x0a", "\x0a\x05x", std::string(1, '\0'), std::string("\x02\x00", 2),
                             "\x0b", "\x0c",      "\x1b\x24",           "\xff\xff\xff\xff\xff\x01"};
  for (const std::string& wire : bad) {
    const auto message = New(types, schema.Type("t.Plain"));
    const absl::Status status = ParseStrictly(wire, 8, *message);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << wire;
    EXPECT_THAT(std::string(status.message()), HasSubstr("t.Plain"));
  }
}

TEST(DynamicTypes, WritesTheSameBytesForTheSameContent) {
  const InlineSchema schema(kSchema);
  const DynamicTypes types(schema.pool());
  std::string first;
  for (const char* text :
       {"plains { key: 'a' } plains { key: 'b' } plains { key: 'c' } name: 'x'",
        "name: 'x' plains { key: 'c' } plains { key: 'a' } plains { key: 'b' }"}) {
    const auto message = New(types, schema.Type("t.Plain"));
    ASSERT_TRUE(ParseStrictly(schema.Wire("t.Plain", text), 8, *message).ok());
    const std::string wire = DeterministicWire(*message);
    if (first.empty()) first = wire;
    EXPECT_EQ(wire, first);
  }
}

}  // namespace
}  // namespace sluice
