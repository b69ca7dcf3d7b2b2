// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request_message.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/api/field_behavior.proto";
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  enum Side { SIDE_UNSPECIFIED = 0; BUY = 1; SELL = 2; }
  message Filter {
    string member_id = 1; repeated string tags = 2; Filter inner = 3; int64 position = 4;
    bytes token = 5;
  }
  message Watch {
    string symbol = 1; int32 an_int32 = 2; int64 an_int64 = 3; uint32 a_uint32 = 4;
    uint64 a_uint64 = 5; float a_float = 6; double a_double = 7; bool a_bool = 8; bytes token = 9;
    Side side = 10; Filter filter = 11; repeated Side sides = 12; repeated Filter filters = 13;
    map<string, string> labels = 14; oneof pick { string by_name = 15; int32 by_number = 16; }
    google.protobuf.Timestamp since = 17; google.protobuf.Duration every = 18;
    google.protobuf.FieldMask mask = 19; google.protobuf.Int64Value limit = 20;
    google.protobuf.Struct any_struct = 21; optional int32 maybe = 22; uint32 small_id = 23;
    repeated google.protobuf.StringValue names = 24; google.protobuf.StringValue name = 25;
    google.protobuf.BoolValue flag = 26; repeated int32 numbers = 27;
  }
  message Item { string name = 1 [(google.api.field_behavior) = REQUIRED]; }
  message Strict {
    string member_id = 1 [(google.api.field_behavior) = REQUIRED];
    optional int32 count = 2 [(google.api.field_behavior) = IMMUTABLE,
                              (google.api.field_behavior) = REQUIRED];
    string free = 3 [(google.api.field_behavior) = OPTIONAL];
    Item item = 4; repeated Item items = 5; map<string, Item> by_name = 6;
    repeated string tags = 7 [(google.api.field_behavior) = REQUIRED];
  }
)";

class RequestMessageTest : public ::testing::Test {
 protected:
  RequestPlan::Options For(const std::string& type) const {
    RequestPlan::Options options;
    options.type = &schema_.Type(type);
    return options;
  }

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  // The message that the parameters make, or the first error.
  std::string Text(const Parameters& parameters) const {
    const RequestPlan plan(For("t.Watch"));
    RequestMessage message(plan);
    for (const auto& [name, value] : parameters) {
      const absl::Status status = message.SetParameter(name, value);
      if (status.ok()) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()), HasSubstr("parameter \"" + name.substr(0, 100)));
      return std::string(status.message());
    }
    return schema_.Text("t.Watch", message.Serialize());
  }

  const InlineSchema schema_{kSchema};
};

TEST_F(RequestMessageTest, TakesProtoNamesAndJsonNamesAtEveryLevel) {
  EXPECT_EQ(Text({{"symbol", "ACME"}}), "symbol: \"ACME\"");
  EXPECT_EQ(Text({{"an_int32", "1"}}), "an_int32: 1");
  EXPECT_EQ(Text({{"anInt32", "1"}}), "an_int32: 1");
  EXPECT_EQ(Text({{"filter.memberId", "x"}, {"filter.inner.member_id", "y"}}),
            "filter { member_id: \"x\" inner { member_id: \"y\" } }");
}

TEST_F(RequestMessageTest, ReadsEveryScalar) {
  const struct {
    std::string name;
    std::string value;
    std::string text;
  } cases[] = {
      {"an_int32", "-2147483648", "an_int32: -2147483648"},
      {"an_int64", "9223372036854775807", "an_int64: 9223372036854775807"},
      {"a_uint32", "4294967295", "a_uint32: 4294967295"},
      {"a_uint64", "18446744073709551615", "a_uint64: 18446744073709551615"},
      {"an_int64", "1e3", "an_int64: 1000"},
      {"a_float", "1.5e2", "a_float: 150"},
      {"a_double", "-0.25", "a_double: -0.25"},
      {"a_double", "Infinity", "a_double: inf"},
      {"a_double", "-Infinity", "a_double: -inf"},
      {"a_float", "NaN", "a_float: nan"},
      {"a_bool", "true", "a_bool: true"},
      {"token", "-_8", "token: \"\\373\\377\""},
      {"token", "+/8=", "token: \"\\373\\377\""},
      {"side", "BUY", "side: BUY"},
      {"side", "2", "side: SELL"},
      {"side", "77", "side: 77"},
      {"since", "1970-01-01T00:00:01.5Z", "since { seconds: 1 nanos: 500000000 }"},
      {"every", "1.5s", "every { seconds: 1 nanos: 500000000 }"},
      {"mask", "user.displayName,photo", "mask { paths: \"user.display_name\" paths: \"photo\" }"},
      {"limit", "5", "limit { value: 5 }"},
      {"name", "", "name { }"},
      {"flag", "true", "flag { value: true }"},
      {"maybe", "0", "maybe: 0"},
      {"symbol", "", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(Text({{c.name, c.value}}), c.text) << c.name;
}

TEST_F(RequestMessageTest, RefusesValuesOfTheWrongKindByName) {
  const struct {
    std::string name;
    std::string value;
    std::string fault;
  } cases[] = {
      {"an_int32", "abc", "\"abc\" is not an int32"},
      {"an_int32", "", "\"\" is not an int32"},
      {"an_int32", "1x", "is not an int32"},
      {"an_int32", " 1", "is not an int32"},
      {"an_int32", "+1", "is not an int32"},
      {"an_int32", "1.5", "1.5 is not an int32"},
      {"an_int32", "007", "is not an int32"},
      {"an_int32", "2147483648", "2147483648 is out of the range of an int32"},
      {"a_uint32", "-1", "-1 is out of the range of a uint32, 0 to 4294967295"},
      {"a_uint64", "18446744073709551616", "out of the range of a uint64"},
      {"an_int64", "9223372036854775808", "out of the range of an int64"},
      {"a_float", "1e39", "out of the range of a float"},
      {"a_double", "1e999", "out of the range of a double"},
      {"a_double", "inf", "is not a double"},
      {"a_double", "nan", "is not a double"},
      {"a_double", "0x10", "is not a double"},
      {"a_bool", "1", "\"1\" is not true or false"},
      {"a_bool", "TRUE", "is not true or false"},
      {"token", "a", "is not base64"},
      {"side", "BUYY",
       "is not a value of t.Side (SIDE_UNSPECIFIED, BUY, SELL); did you mean \"BUY\"?"},
      {"side", "4294967296", "is not a value of t.Side"},
      {"since", "today", "RFC 3339"},
      {"every", "5", "a duration in seconds"},
      {"mask", "foo_bar", "a field mask"},
      {"limit", "x", "is not an int64"},
      {"symbol", "a\xff", "is not valid UTF-8"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Text({{c.name, c.value}}), HasSubstr(c.fault)) << c.name << "=" << c.value;
  }
}

TEST_F(RequestMessageTest, ShowsOnlyTheBeginningOfALongValue) {
  EXPECT_LT(Text({{"an_int32", std::string(10000, 'x')}}).size(), 200U);
}

TEST_F(RequestMessageTest, RefusesUnknownParametersAndNamesTheNearest) {
  EXPECT_THAT(Text({{"symbl", "x"}}), HasSubstr("did you mean \"symbol\"?"));
  EXPECT_THAT(Text({{"filter.membr_id", "x"}}), HasSubstr("did you mean \"member_id\"?"));
  EXPECT_THAT(Text({{"symbol.x", "x"}}), HasSubstr("symbol"));
  for (const char* name : {"", ".", "symbol.", ".symbol", "filter..member_id", "filters.tags"}) {
    EXPECT_THAT(Text({{name, "x"}}), HasSubstr("parameter")) << name;
  }
}

TEST_F(RequestMessageTest, AddsToARepeatedFieldWithEveryParameter) {
  EXPECT_EQ(Text({{"sides", "BUY"}, {"sides", "2"}}), "sides: BUY sides: SELL");
  EXPECT_EQ(Text({{"filter.tags", "a"}, {"filter.tags", "a"}}),
            "filter { tags: \"a\" tags: \"a\" }");
  EXPECT_EQ(Text({{"numbers", "1"}, {"numbers", "2"}}), "numbers: 1 numbers: 2");
  EXPECT_EQ(Text({{"names", "a"}, {"names", "b"}}),
            "names { value: \"a\" } names { value: \"b\" }");
}

TEST_F(RequestMessageTest, RefusesASecondValueOfASingularField) {
  EXPECT_THAT(Text({{"symbol", "a"}, {"symbol", "b"}}), HasSubstr("given twice"));
  EXPECT_THAT(Text({{"an_int32", "1"}, {"anInt32", "1"}}), HasSubstr("given twice"));
  EXPECT_THAT(Text({{"limit", "1"}, {"limit", "1"}}), HasSubstr("given twice"));
}

TEST_F(RequestMessageTest, RefusesTwoMembersOfAOneof) {
  EXPECT_EQ(Text({{"by_name", "a"}}), "by_name: \"a\"");
  EXPECT_THAT(Text({{"by_name", ""}, {"by_number", "1"}}),
              AllOf(HasSubstr("\"by_name\""), HasSubstr("\"by_number\"")));
}

TEST_F(RequestMessageTest, TakesMapsAndMessagesByKeyAndAsJson) {
  EXPECT_EQ(Text({{"labels[env]", "prod"}}), "labels { key: \"env\" value: \"prod\" }");
  EXPECT_EQ(Text({{"filter", R"({"memberId":"x"})"}}), "filter { member_id: \"x\" }");
  EXPECT_EQ(Text({{"filters", R"({"position":1})"}, {"filters", R"({"position":2})"}}),
            "filters { position: 1 } filters { position: 2 }");
}

TEST_F(RequestMessageTest, NamesTheParameterWhoseValueIsWrong) {
  EXPECT_THAT(Text({{"filter", "x"}}), HasSubstr("set its fields, such as \"filter.member_id\""));
  EXPECT_THAT(Text({{"labels", "x"}}), HasSubstr("parameter \"labels\": not valid JSON"));
  EXPECT_THAT(Text({{"filters", R"({"tags":[7]})"}}),
              HasSubstr("parameter \"filters\": \"/tags/0\": 7 is not a string"));
}

TEST_F(RequestMessageTest, BoundsTheDepthOfAParameter) {
  std::string name = "filter";
  for (int i = 0; i < 101; ++i) name += ".inner";
  EXPECT_THAT(Text({{name + ".position", "1"}}), HasSubstr("more than 101 parts"));
}

TEST_F(RequestMessageTest, KnowsItsTopLevelFields) {
  const RequestPlan plan(For("t.Watch"));
  const RequestMessage message(plan);
  EXPECT_TRUE(message.HasField("an_int32"));
  EXPECT_TRUE(message.HasField("anInt32"));
  EXPECT_FALSE(message.HasField("filter.member_id"));
  EXPECT_FALSE(message.HasField("nothing"));
}

TEST_F(RequestMessageTest, MergesAJsonBody) {
  const RequestPlan plan(For("t.Watch"));
  RequestMessage message(plan);
  ASSERT_TRUE(message.MergeJson(R"({"symbol":"ACME","filter":{"tags":["a"]}})").ok());
  ASSERT_TRUE(message.SetParameter("a_bool", "true").ok());
  EXPECT_EQ(schema_.Text("t.Watch", message.Serialize()),
            "symbol: \"ACME\" a_bool: true filter { tags: \"a\" }");
  RequestMessage empty(plan);
  EXPECT_TRUE(empty.MergeJson("").ok());
  EXPECT_EQ(empty.Serialize(), "");
  const absl::Status status = empty.MergeJson("{");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the body: not valid JSON at byte"));
}

TEST_F(RequestMessageTest, TakesTheDepthThatProtobufsParsersTake) {
  const RequestPlan plan(For("t.Watch"));
  const auto nested = [](int messages) {
    std::string json = "{}";
    for (int i = 1; i < messages; ++i) json = "{\"inner\":" + json + "}";
    return "{\"filter\":" + json + "}";
  };
  RequestMessage deep(plan);
  EXPECT_TRUE(deep.MergeJson(nested(100)).ok());
  RequestMessage too_deep(plan);
  EXPECT_THAT(std::string(too_deep.MergeJson(nested(101)).message()),
              HasSubstr("lies more than 101 messages deep"));
}

class ResumeTest : public RequestMessageTest {
 protected:
  // The message after SetResume, or `no`.
  std::string Resume(const std::string& path, const std::string& value) const {
    RequestPlan::Options options = For("t.Watch");
    if (!path.empty()) options.resume_field = schema_.Path("t.Watch", path);
    const RequestPlan plan(options);
    RequestMessage message(plan);
    if (message.SetResume(value)) return schema_.Text("t.Watch", message.Serialize());
    EXPECT_EQ(message.Serialize(), "");
    return "no";
  }
};

TEST_F(ResumeTest, PutsTheIdIntoTheResumeField) {
  EXPECT_EQ(Resume("symbol", "k7-1"), "symbol: \"k7-1\"");
  EXPECT_EQ(Resume("token", "a\xff"), "token: \"a\\377\"");
  EXPECT_EQ(Resume("filter.inner.position", "-7"), "filter { inner { position: -7 } }");
  EXPECT_EQ(Resume("an_int32", "2147483647"), "an_int32: 2147483647");
  EXPECT_EQ(Resume("a_uint32", "7"), "a_uint32: 7");
  EXPECT_EQ(Resume("a_uint64", "18446744073709551615"), "a_uint64: 18446744073709551615");
}

TEST_F(ResumeTest, RefusesAnIdThatTheFieldDoesNotTake) {
  EXPECT_EQ(Resume("", "x"), "no");
  EXPECT_EQ(Resume("symbol", "a\xff"), "no");
  for (const char* value : {"", "x", "1x", " 1", "+1", "2147483648", "1.0"}) {
    EXPECT_EQ(Resume("an_int32", value), "no") << value;
  }
  EXPECT_EQ(Resume("a_uint32", "-1"), "no");
  EXPECT_EQ(Resume("a_bool", "true"), "no");
  EXPECT_EQ(Resume("numbers", "1"), "no");
  EXPECT_EQ(Resume("filter", "x"), "no");
}

TEST_F(ResumeTest, ReplacesWhatTheFieldHolds) {
  RequestPlan::Options options = For("t.Watch");
  options.resume_field = schema_.Path("t.Watch", "by_number");
  const RequestPlan plan(options);
  RequestMessage message(plan);
  ASSERT_TRUE(message.SetParameter("by_name", "x").ok());
  EXPECT_TRUE(message.SetResume("5"));
  EXPECT_EQ(schema_.Text("t.Watch", message.Serialize()), "by_number: 5");
}

TEST_F(RequestMessageTest, NamesAllRequiredFieldsThatAreMissing) {
  RequestPlan::Options options = For("t.Strict");
  options.required = {schema_.Path("t.Strict", "item.name"), schema_.Path("t.Strict", "free")};
  const RequestPlan plan(options);
  RequestMessage message(plan);
  EXPECT_EQ(std::string(message.CheckRequired().message()),
            "missing required fields: \"item.name\", \"free\", \"member_id\", \"count\", \"tags\"");
  ASSERT_TRUE(message
                  .MergeJson(R"({"memberId":"x","count":0,"tags":["a"],"item":{"name":"n"},
                                 "free":"f","items":[{"name":"a"}]})")
                  .ok());
  EXPECT_TRUE(message.CheckRequired().ok());
}

TEST_F(RequestMessageTest, SerializesTheSameContentToTheSameBytes) {
  const RequestPlan plan(For("t.Watch"));
  RequestMessage a(plan);
  RequestMessage b(plan);
  ASSERT_TRUE(a.MergeJson(R"({"labels":{"a":"1","b":"2","c":"3"},"symbol":"x"})").ok());
  ASSERT_TRUE(b.MergeJson(R"({"symbol":"x","labels":{"c":"3","b":"2","a":"1"}})").ok());
  EXPECT_EQ(a.Serialize(), b.Serialize());
}

}  // namespace
}  // namespace sluice
