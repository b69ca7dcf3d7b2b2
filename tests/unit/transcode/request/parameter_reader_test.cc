// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/parameter_reader.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/empty.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  enum Side { SIDE_UNSPECIFIED = 0; BUY = 1; SELL = 2; }
  message Filter {
    string member_id = 1; repeated string tags = 2; Filter inner = 3;
    map<string, int32> weights = 4; oneof at { int32 number = 5; string name = 6; }
  }
  message Watch {
    string symbol = 1; Filter filter = 2; repeated Filter filters = 3;
    map<string, string> labels = 4; map<string, Filter> by_name = 5; map<int32, string> by_int = 6;
    map<uint64, bool> by_uint = 7; map<bool, Side> by_bool = 8;
    map<string, google.protobuf.Timestamp> times = 9; map<string, google.protobuf.Any> anys = 10;
    google.protobuf.Struct meta = 11; google.protobuf.Value value = 12;
    google.protobuf.ListValue list = 13; google.protobuf.Any any = 14;
    repeated google.protobuf.Value values = 15; repeated google.protobuf.ListValue lists = 16;
    repeated google.protobuf.Struct metas = 17; repeated google.protobuf.Any many = 18;
    google.protobuf.Empty empty = 19; repeated google.protobuf.Timestamp moments = 20;
    oneof pick { Filter by_filter = 21; google.protobuf.Struct by_meta = 22; string by_text = 23; }
    map<string, google.protobuf.Struct> metas_by_name = 24; repeated int32 numbers = 25;
    google.protobuf.NullValue null = 26; map<string, bytes> tokens = 27;
  }
)";

class ParameterReaderTest : public ::testing::Test {
 protected:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  // The message that the parameters make, or the first error.
  std::string Read(const Parameters& parameters, int max_depth = 64) const {
    const std::unique_ptr<google::protobuf::Message> message(
        types_.Prototype(schema_.Type("t.Watch")).New());
    ParameterReader reader(types_, max_depth, *message);
    for (const auto& [name, value] : parameters) {
      const absl::Status status = reader.Set(name, value);
      if (status.ok()) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      return std::string(status.message());
    }
    return schema_.Text("t.Watch", message->SerializeAsString());
  }

  const InlineSchema schema_{kSchema};
  const DynamicTypes types_{schema_.pool()};
};

TEST_F(ParameterReaderTest, SetsAnEntryOfAMapByItsKey) {
  EXPECT_EQ(Read({{"labels[env]", "prod"}}), "labels { key: \"env\" value: \"prod\" }");
  EXPECT_EQ(Read({{"labels[a]", "1"}, {"labels[b]", ""}}),
            "labels { key: \"a\" value: \"1\" } labels { key: \"b\" value: \"\" }");
  EXPECT_EQ(Read({{"labels[]", "x"}}), "labels { key: \"\" value: \"x\" }");
  EXPECT_EQ(Read({{"labels[a]b]", "x"}}), "labels { key: \"a]b\" value: \"x\" }");
  EXPECT_EQ(Read({{"byInt[-7]", "x"}}), "by_int { key: -7 value: \"x\" }");
  EXPECT_EQ(Read({{"by_uint[18446744073709551615]", "true"}}),
            "by_uint { key: 18446744073709551615 value: true }");
  EXPECT_EQ(Read({{"by_bool[true]", "SELL"}}), "by_bool { key: true value: SELL }");
  EXPECT_EQ(Read({{"times[a]", "1970-01-01T00:00:05Z"}}),
            "times { key: \"a\" value { seconds: 5 } }");
  EXPECT_EQ(Read({{"tokens[a]", "-_8"}}), "tokens { key: \"a\" value: \"\\373\\377\" }");
}

TEST_F(ParameterReaderTest, SetsFieldsInTheMessageOfAnEntry) {
  EXPECT_EQ(Read({{"by_name[a].member_id", "x"},
                  {"by_name[b].member_id", "y"},
                  {"by_name[a].tags", "1"},
                  {"by_name[a].tags", "2"},
                  {"by_name[a].weights[k]", "3"}}),
            "by_name { key: \"a\" value { member_id: \"x\" tags: \"1\" tags: \"2\" "
            "weights { key: \"k\" value: 3 } } } "
            "by_name { key: \"b\" value { member_id: \"y\" } }");
  EXPECT_EQ(Read({{"by_name[a]", R"({"memberId":"x"})"}}),
            "by_name { key: \"a\" value { member_id: \"x\" } }");
}

TEST_F(ParameterReaderTest, ReadsJsonWhereAWordIsNotEnough) {
  const struct {
    std::string name;
    std::string json;
    std::string text;
  } cases[] = {
      {"filter", R"({"memberId":"x","tags":["a"],"inner":{}})",
       "filter { member_id: \"x\" tags: \"a\" inner { } }"},
      {"filter.inner", R"({"number":5})", "filter { inner { number: 5 } }"},
      {"filter", "{}", "filter { }"},
      {"empty", "{}", "empty { }"},
      {"labels", R"({"a":"1"})", "labels { key: \"a\" value: \"1\" }"},
      {"labels", "{}", ""},
      {"by_int", R"({"7":"x"})", "by_int { key: 7 value: \"x\" }"},
      {"by_name", R"({"a":{"number":1}})", "by_name { key: \"a\" value { number: 1 } }"},
      {"filters", R"({"number":1})", "filters { number: 1 }"},
      {"filters", R"([{"number":1},{"number":2}])", "filters { number: 1 } filters { number: 2 }"},
      {"filters", "[]", ""},
      {"value", "null", "value { null_value: NULL_VALUE }"},
      {"value", " 1.5 ", "value { number_value: 1.5 }"},
      {"value", R"("x")", "value { string_value: \"x\" }"},
      {"value", "[true]", "value { list_value { values { bool_value: true } } }"},
      {"list", "[1,null]", "list { values { number_value: 1 } values { null_value: NULL_VALUE } }"},
      {"meta", R"({"a":1})", "meta { fields { key: \"a\" value { number_value: 1 } } }"},
      {"meta[a.b]", "true", "meta { fields { key: \"a.b\" value { bool_value: true } } }"},
      {"metas_by_name[a]", R"({"b":1})",
       "metas_by_name { key: \"a\" value { fields { key: \"b\" value { number_value: 1 } } } }"},
      {"any", "{}", "any { }"},
      {"null", "NULL_VALUE", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(Read({{c.name, c.json}}), c.text) << c.name << c.json;
}

TEST_F(ParameterReaderTest, ReadsTheMessageInAnAny) {
  const std::string in_any = R"({"@type":"type.googleapis.com/t.Filter","number":5})";
  EXPECT_EQ(Read({{"any", in_any}}),
            "any { type_url: \"type.googleapis.com/t.Filter\" value: \"(\\005\" }");
  EXPECT_EQ(Read({{"many", in_any}, {"many", absl::StrCat("[", in_any, "]")}}),
            "is given as a whole, and another parameter gives a part of it");
  EXPECT_EQ(
      Read({{"anys[k]", in_any}}),
      "anys { key: \"k\" value { type_url: \"type.googleapis.com/t.Filter\" value: \"(\\005\" } }");
  EXPECT_THAT(Read({{"any", R"({"@type":"type.googleapis.com/t.Nope"})"}}),
              HasSubstr("the schema has no type"));
}

TEST_F(ParameterReaderTest, AddsAnElementWithEveryParameter) {
  EXPECT_EQ(Read({{"filters", R"({"number":1})"}, {"filters", R"({"number":2})"}}),
            "filters { number: 1 } filters { number: 2 }");
  EXPECT_EQ(Read({{"metas", "{}"}, {"metas", "{}"}}), "metas { } metas { }");
  EXPECT_EQ(Read({{"moments", "1970-01-01T00:00:01Z"}, {"moments", "1970-01-01T00:00:02Z"}}),
            "moments { seconds: 1 } moments { seconds: 2 }");
}

// An array is a value of them, and not the whole list.
TEST_F(ParameterReaderTest, TakesAnArrayForAnElementWhereElementsCanBeArrays) {
  EXPECT_EQ(Read({{"values", "[1]"}, {"values", "2"}}),
            "values { list_value { values { number_value: 1 } } } values { number_value: 2 }");
  EXPECT_EQ(Read({{"lists", "[]"}, {"lists", "[1]"}}),
            "lists { } lists { values { number_value: 1 } }");
}

TEST_F(ParameterReaderTest, RefusesWhatIsGivenTwice) {
  const struct {
    Parameters parameters;
    std::string fault;
  } cases[] = {
      {{{"labels[a]", "1"}, {"labels[a]", "1"}}, "is given twice, and takes one value"},
      {{{"labels", "{}"}, {"labels", "{}"}}, "is given twice, and takes one value"},
      {{{"labels", "{}"}, {"labels[a]", "1"}}, "a part of \"labels\", which is given as a whole"},
      {{{"labels[a]", "1"}, {"labels", "{}"}}, "another parameter gives a part of it"},
      {{{"filter", "{}"}, {"filter.tags", "1"}}, "a part of \"filter\", which is given as a whole"},
      {{{"filter.inner.tags", "1"}, {"filter", "{}"}}, "another parameter gives a part of it"},
      {{{"filter", "{}"}, {"filter", "{}"}}, "is given twice"},
      {{{"filters", "[]"}, {"filters", "{}"}}, "once as an array, which is the whole list"},
      {{{"filters", "{}"}, {"filters", "[]"}}, "another parameter gives a part of it"},
      {{{"filters", "[]"}, {"filters", "[]"}}, "is given twice, and takes one value"},
      {{{"by_name[a]", "{}"}, {"byName[a].tags", "x"}}, "a part of \"by_name[a]\""},
      {{{"by_name[a].tags", "x"}, {"by_name[a]", "{}"}}, "another parameter gives a part of it"},
      {{{"by_name[a].member_id", "x"}, {"by_name[a].memberId", "x"}}, "is given twice"},
      {{{"meta[a]", "1"}, {"meta[a]", "1"}}, "is given twice"},
      {{{"meta", "{}"}, {"meta[a]", "1"}}, "a part of \"meta\""},
      {{{"value", "1"}, {"value", "1"}}, "is given twice"},
      {{{"filter", R"({"tags":[],"tags":[]})"}}, "the member \"/tags\" comes twice"},
      {{{"filter", R"({"memberId":"","member_id":""})"}}, "\"/member_id\": comes twice"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Read(c.parameters), HasSubstr(c.fault)) << c.parameters.back().first;
  }
}

TEST_F(ParameterReaderTest, RefusesTwoMembersOfAOneofHoweverTheyAreGiven) {
  const auto excludes = [](const char* one, const char* other) {
    return AllOf(HasSubstr("only one of"), HasSubstr(one), HasSubstr(other));
  };
  EXPECT_THAT(Read({{"by_filter", "{}"}, {"by_text", "x"}}), excludes("by_filter", "by_text"));
  EXPECT_THAT(Read({{"by_text", ""}, {"by_filter.number", "1"}}), excludes("by_filter", "by_text"));
  EXPECT_THAT(Read({{"by_filter.number", "1"}, {"by_meta[a]", "1"}}),
              excludes("by_filter", "by_meta"));
  EXPECT_THAT(Read({{"by_name[a].number", "1"}, {"by_name[a].name", "x"}}),
              excludes("number", "name"));
  EXPECT_THAT(Read({{"filter", R"({"number":1,"name":"x"})"}}), excludes("number", "name"));
  EXPECT_EQ(
      Read({{"by_name[a].number", "1"}, {"by_name[b].name", "x"}}),
      "by_name { key: \"a\" value { number: 1 } } by_name { key: \"b\" value { name: \"x\" } }");
}

TEST_F(ParameterReaderTest, SaysWhatIsWrongInAValue) {
  const struct {
    std::string name;
    std::string value;
    std::string fault;
  } cases[] = {
      {"by_int[07]", "x", "as a key, \"07\" is not an int32"},
      {"by_int[1e1]", "x", "as a key, \"1e1\" is not an int32 in plain digits"},
      {"by_int[a]", "x", "as a key, \"a\" is not an int32"},
      {"by_int[]", "x", "as a key, \"\" is not an int32"},
      {"by_int[2147483648]", "x", "as a key, 2147483648 is out of the range of an int32"},
      {"by_bool[1]", "BUY", "as a key, \"1\" is not true or false"},
      {"labels[\xff]", "x", "as a key, \"\\xff\" is not valid UTF-8"},
      {"labels[a]", "\xff", "is not valid UTF-8"},
      {"by_bool[true]", "BUYY", "did you mean \"BUY\"?"},
      {"filter", "x", "or set its fields, such as \"filter.member_id\""},
      {"filter", "", "is empty; give a t.Filter as JSON"},
      {"filter", "7", "the number 7 is not an object, as a t.Filter"},
      {"filter", "null", "null is not an object"},
      {"filter", R"({"membrId":1})", "\"/membrId\": no such field in t.Filter; did you mean"},
      {"filter", R"({"tags":[1]})", "\"/tags/0\": 1 is not a string"},
      {"filter", "{}x", "not valid JSON at byte 3"},
      {"filter", "{}{}", "not valid JSON at byte 3"},
      {"filters", "x", "give a t.Filter as JSON, or an array of them"},
      {"filters", R"([{"number":"x"}])", "\"/0/number\": \"x\" is not an int32"},
      {"filters", "[null]", "\"/0\": null is not an object"},
      {"labels", "a", "give an object as JSON, or name an entry, such as \"labels[key]\""},
      {"labels", "[]", "an array is not an object, as a map"},
      {"labels", R"({"a":1})", "\"/a\": 1 is not a string"},
      {"labels", R"({"a":null})", "\"/a\": null is not a string"},
      {"by_name[a]", "x", "such as \"by_name[a].member_id\""},
      {"value", "abc", "give a google.protobuf.Value as JSON, strings in quotes"},
      {"meta", "abc", "or name a member, such as \"meta[key]\""},
      {"meta[a]", "abc", "strings in quotes"},
      {"meta", "1", "the number 1 is not an object"},
      {"list", "{}", "an object is not an array"},
      {"any", R"({"number":5})", "needs the member \"@type\""},
      {"empty", R"({"a":1})", "no such field in google.protobuf.Empty"},
      {"values", "x", "give a google.protobuf.Value as JSON"},
      {"numbers", "[1,2]", "\"[1,2]\" is not an int32"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Read({{c.name, c.value}}), HasSubstr(c.fault)) << c.name << "=" << c.value;
  }
}

TEST_F(ParameterReaderTest, BoundsTheDepthOfJson) {
  EXPECT_EQ(Read({{"filter", R"({"inner":{}})"}}, 3), "filter { inner { } }");
  EXPECT_THAT(Read({{"filter", R"({"inner":{"inner":{}}})"}}, 3),
              HasSubstr("\"/inner/inner\": lies more than 3 messages deep"));
  EXPECT_THAT(Read({{"by_name[a]", R"({"inner":{}})"}}, 3),
              HasSubstr("lies more than 3 messages deep"));
  EXPECT_THAT(Read({{"value", std::string(200, '[')}}), HasSubstr("objects and arrays"));
}

TEST_F(ParameterReaderTest, TakesManyEntriesAsTheyCome) {
  Parameters parameters;
  for (int i = 0; i < 500; ++i) {
    parameters.emplace_back(absl::StrCat("by_name[", i, "].member_id"), "x");
  }
  for (int i = 0; i < 500; ++i) parameters.emplace_back(absl::StrCat("by_name[", i, "].tags"), "y");
  const std::string text = Read(parameters);
  EXPECT_THAT(text, HasSubstr("{ key: \"499\" value { member_id: \"x\" tags: \"y\" } }"));
  EXPECT_THAT(text, HasSubstr("{ key: \"0\" value { member_id: \"x\" tags: \"y\" } }"));
}

}  // namespace
}  // namespace sluice
