// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/json_reader.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/transcode/message_printer.h"
#include "gateway/transcode/request/json_document.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  enum Color { NO_COLOR = 0; RED = 1; }
  message All {
    int32 an_int32 = 1; int64 an_int64 = 2; uint64 a_uint64 = 3; float a_float = 4;
    double a_double = 5; bool a_bool = 6; string a_string = 7; bytes some_bytes = 8;
    Color color = 9; All all = 10; optional int32 optional_int = 11;
    repeated int64 int64s = 12; repeated All alls = 13; repeated Color colors = 14;
    map<string, All> alls_by_name = 15; map<int32, string> strings_by_int = 16;
    map<bool, Color> colors_by_bool = 17; oneof pick { int32 a = 18; string b = 19; }
    google.protobuf.Any any = 20; google.protobuf.Duration duration = 21;
    google.protobuf.FieldMask mask = 22; google.protobuf.Struct struct = 23;
    google.protobuf.Value value = 24; google.protobuf.ListValue list = 25;
    google.protobuf.Timestamp time = 26; google.protobuf.NullValue null = 27;
    google.protobuf.Int64Value int64_value = 28; google.protobuf.BoolValue bool_value = 29;
    repeated google.protobuf.Value values = 30; repeated string strings = 31;
  })";

class JsonReaderTest : public ::testing::Test {
 protected:
  absl::Status Read(absl::string_view text, int max_depth = 64) {
    message_->Clear();
    const auto document = JsonDocument::Parse(text, 200);
    EXPECT_TRUE(document.ok()) << document.status();
    return JsonReader(types_, max_depth).Read(document->root(), *message_);
  }

  std::string Text(absl::string_view json) {
    const absl::Status status = Read(json);
    EXPECT_TRUE(status.ok()) << status;
    return schema_.Text("t.All", message_->SerializePartialAsString());
  }

  std::string Fault(absl::string_view json) {
    const absl::Status status = Read(json);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
    return std::string(status.message());
  }

  const InlineSchema schema_{kSchema};
  const DynamicTypes types_{schema_.pool()};
  const std::unique_ptr<google::protobuf::Message> message_{
      types_.Prototype(schema_.Type("t.All")).New()};
};

TEST_F(JsonReaderTest, AgreesWithProtobufsOwnParser) {
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool("type.googleapis.com",
                                                               &schema_.pool()));
  const char* cases[] = {
      R"({})",
      R"({"anInt32":-1,"an_int64":"-9223372036854775808","aUint64":18446744073709551615})",
      R"({"anInt32":1e3,"anInt64":5.0,"aFloat":1.5,"aDouble":-0.25,"aBool":true})",
      R"({"aFloat":"NaN","aDouble":"-Infinity","aString":"h\u00e9\n","someBytes":"AP8="})",
      R"({"color":"RED","colors":["RED",0,7],"optionalInt":0,"int64s":["1",-2]})",
      R"({"color":null,"anInt32":null,"all":null,"alls":null,"allsByName":null})",
      R"({"all":{"all":{"aBool":true}},"alls":[{},{"anInt32":1}],"strings":["",""]})",
      R"({"allsByName":{"a":{"anInt32":1}},"stringsByInt":{"-1":"x"},"colorsByBool":{"true":1}})",
      R"({"any":{"@type":"type.googleapis.com/t.All","anInt32":1,"all":{"aBool":true}}})",
      R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}})",
      R"({"any":{},"duration":"-1.5s","mask":"aB.c,d","time":"2024-02-29T12:00:00.5Z"})",
      R"({"struct":{"a":null,"b":[1,"x",true,{"c":{}}]},"value":null,"list":[null,[]]})",
      R"({"value":{"a":1},"values":[null,1,"x",[]],"null":null,"int64Value":"5","boolValue":false})",
      R"({"a":1})",
      R"({"a":null,"b":"x"})",
      R"({"anInt64":1e18,"aUint64":"18446744073709551615","aDouble":100000000000000000000})",
      R"({"aDouble":-0.0,"aFloat":-0.0,"anInt32":-0})",
  };
  for (const char* json : cases) {
    std::string theirs;
    ASSERT_TRUE(google::protobuf::util::JsonToBinaryString(
                    resolver.get(), "type.googleapis.com/t.All", json, &theirs)
                    .ok())
        << json;
    EXPECT_EQ(Text(json), schema_.Text("t.All", theirs)) << json;
  }
}

TEST_F(JsonReaderTest, ReadsWhatThePrinterWrites) {
  const std::string wire = schema_.Wire(
      "t.All",
      "an_int32: 1 a_float: inf some_bytes: '\\377' all { b: 'x' } alls {} int64s: [1, 2] "
      "alls_by_name { key: 'k' value { a: 0 } } colors_by_bool { key: false value: RED } "
      "any { [type.googleapis.com/t.All] { any { } time { seconds: 1 } } } mask { paths: 'a_b' } "
      "struct { fields { key: 'k' value { list_value { values { number_value: 0.1 } } } } } "
      "value { null_value: NULL_VALUE } null: NULL_VALUE int64_value {} duration { nanos: 1 }");
  ASSERT_TRUE(ParseStrictly(wire, 64, *message_).ok());
  std::string json;
  ASSERT_TRUE(MessagePrinter({types_, 64}, json).Print(*message_).ok());
  EXPECT_EQ(Text(json), schema_.Text("t.All", wire)) << json;
}

TEST_F(JsonReaderTest, NamesTheMemberThatIsWrong) {
  const struct {
    std::string json;
    std::string fault;
  } cases[] = {
      {R"([])", "the body: an array is not an object, as a t.All"},
      {R"("x")", "the body: \"x\" is not an object"},
      {R"({"anInt3":1})", "\"/anInt3\": no such field in t.All; did you mean \"anInt32\"?"},
      {R"({"":1})", "\"/\": no such field in t.All"},
      {R"({"@type":"t.All"})", "\"/@type\": no such field in t.All"},
      {R"({"a/b~":1})", "\"/a~1b~0\": no such field in t.All"},
      {R"({"anInt32":"x"})", "\"/anInt32\": \"x\" is not an int32"},
      {R"({"anInt32":true})", "\"/anInt32\": true is not an int32"},
      {R"({"anInt32":1.5})", "\"/anInt32\": 1.5 is not an int32"},
      {R"({"anInt32":2147483648})",
       "2147483648 is out of the range of an int32, -2147483648 to 2147483647"},
      {R"({"anInt32":[1]})", "an array is not an int32"},
      {R"({"aUint64":18446744073709551616})", "18446744073709551616 is out of the range of"},
      {R"({"aBool":"true"})", "\"/aBool\": \"true\" is not true or false"},
      {R"({"aBool":1})", "1 is not true or false"},
      {R"({"aString":1})", "1 is not a string"},
      {R"({"someBytes":"*"})", "is not base64"},
      {R"({"color":"REDD"})",
       "\"REDD\" is not a value of t.Color (NO_COLOR, RED); did you mean \"RED\"?"},
      {R"({"color":1.5})", "1.5 is not a value of t.Color"},
      {R"({"all":{"alls":[{},{"x":1}]}})", "\"/all/alls/1/x\": no such field"},
      {R"({"all":[]})", "\"/all\": an array is not an object"},
      {R"({"int64s":5})", "\"/int64s\": the number 5 is not an array"},
      {R"({"int64s":[1,null]})", "\"/int64s/1\": null is not an int64"},
      {R"({"int64s":[[1]]})", "\"/int64s/0\": an array is not an int64"},
      {R"({"alls":[null]})", "\"/alls/0\": null is not an object"},
      {R"({"allsByName":[]})", "an array is not an object, as a map"},
      {R"({"allsByName":{"k":{"x":1}}})", "\"/allsByName/k/x\": no such field"},
      {R"({"stringsByInt":{"x":"y"}})", "\"/stringsByInt/x\": as a key, \"x\" is not an int32"},
      {R"({"stringsByInt":{"1":"a","1.0":"b"}})", "\"1.0\" is not an int32 in plain digits"},
      {R"({"stringsByInt":{"-0":"a"}})", "\"-0\" is not an int32 in plain digits"},
      {R"({"colorsByBool":{"1":"RED"}})", "as a key, \"1\" is not true or false"},
      {R"({"stringsByInt":{"1":null}})", "null is not a string"},
      {R"({"anInt32":1,"an_int32":2})", "\"/an_int32\": comes twice, as \"an_int32\" and as"},
      {R"({"anInt32":1,"an_int32":null})", "comes twice"},
      {R"({"a":1,"b":"x"})", "\"/b\": only one of \"a\" and \"b\" can be set"},
      {R"({"all":{"a":1,"b":""}})", "\"/all/b\": only one of"},
      {R"({"time":"now"})", "\"/time\": \"now\" is not an RFC 3339 time"},
      {R"({"time":5})", "the number 5 is not a string, as a google.protobuf.Timestamp"},
      {R"({"duration":"5"})", "a duration in seconds"},
      {R"({"mask":"a_b"})", "a field mask"},
      {R"({"int64Value":{}})", "an object is not an int64"},
      {R"({"struct":[]})", "an array is not an object"},
      {R"({"list":{}})", "an object is not an array"},
      {R"({"any":{"anInt32":1}})", "needs the member \"@type\""},
      {R"({"any":{"@type":5}})", "needs the member \"@type\""},
      {R"({"any":{"@type":"x/t.Unknown"}})", "the schema has no type \"x/t.Unknown\""},
      {R"({"any":{"@type":"x/t.All","zz":1}})", "\"/any/zz\": no such field in t.All"},
      {R"({"any":{"@type":"x/google.protobuf.Duration","zz":1}})", "nothing else"},
      {R"({"any":{"@type":"x/google.protobuf.Duration","value":1}})", "\"/any/value\": the number"},
  };
  for (const auto& c : cases) EXPECT_THAT(Fault(c.json), HasSubstr(c.fault)) << c.json;
}

TEST_F(JsonReaderTest, ReadsWholeNumbersToTheLastDigit) {
  EXPECT_EQ(Text(R"({"anInt64":9223372036854775807.0,"aUint64":1.8446744073709551615e19})"),
            "an_int64: 9223372036854775807 a_uint64: 18446744073709551615");
  EXPECT_EQ(Text(R"({"anInt32":"1e2","anInt64":"-5.0"})"), "an_int32: 100 an_int64: -5");
}

TEST_F(JsonReaderTest, EndsAtTheDepthThatIsAllowed) {
  EXPECT_TRUE(Read(R"({"all":{"all":{}}})", 3).ok());
  EXPECT_THAT(std::string(Read(R"({"all":{"all":{"all":{}}}})", 3).message()),
              HasSubstr("\"/all/all/all\": lies more than 3 messages deep"));
  EXPECT_FALSE(Read(R"({"value":[[[[1]]]]})", 5).ok());
  EXPECT_FALSE(Read(R"({"struct":{"a":{"b":{"c":1}}}})", 6).ok());
  EXPECT_FALSE(Read(R"({"any":{"@type":"x/t.All","any":{"@type":"x/t.All"}}})", 4).ok());
}

TEST_F(JsonReaderTest, ReadsATypeThatOnlyCallsItselfWellKnown) {
  const InlineSchema schema(R"(syntax = "proto3"; package google.protobuf;
      message Timestamp { string seconds = 1; })");
  const DynamicTypes types(schema.pool());
  const auto& type = schema.Type("google.protobuf.Timestamp");
  const std::unique_ptr<google::protobuf::Message> message(types.Prototype(type).New());
  const auto document = JsonDocument::Parse(R"({"seconds":"x"})", 8);
  EXPECT_TRUE(JsonReader(types, 8).Read(document->root(), *message).ok());
}

class Proto2JsonTest : public ::testing::Test {
 protected:
  // The message, or the error.
  std::string Text(absl::string_view json) {
    const std::unique_ptr<google::protobuf::Message> message(
        types_.Prototype(schema_.Type("t.M")).New());
    const auto document = JsonDocument::Parse(json, 64);
    const absl::Status status = JsonReader(types_, 64).Read(document->root(), *message);
    if (!status.ok()) return std::string(status.message());
    return schema_.Text("t.M", message->SerializePartialAsString());
  }

  const InlineSchema schema_{R"(
      syntax = "proto2";
      package t;
      import "google/protobuf/any.proto";
      message M {
        extensions 100 to max;
        optional group Part = 1 { optional int32 n = 1; repeated M ms = 2; }
        optional google.protobuf.Any any = 2;
        map<bool, string> by_bool = 3; map<sint32, string> by_sint32 = 4;
        map<fixed64, string> by_fixed64 = 5; map<string, string> by_string = 6;
        map<sfixed64, string> by_sfixed64 = 7; map<uint32, string> by_uint32 = 8;
      }
      message Strict { required int32 id = 1; optional Strict inner = 2; }
      message Scope { extend M { optional Strict nested = 100; } }
      extend M { repeated int32 levels = 101; optional M m = 102; })"};
  const DynamicTypes types_{schema_.pool()};
};

TEST_F(Proto2JsonTest, ReadsExtensionsByTheirNameInBrackets) {
  EXPECT_EQ(Text(R"({"[t.levels]":[1,2],"[t.m]":{"[t.Scope.nested]":{"id":3}}})"),
            "[t.levels]: 1 [t.levels]: 2 [t.m] { [t.Scope.nested] { id: 3 } }");
  EXPECT_THAT(Text(R"({"[t.m]":{"[t.level]":1}})"), HasSubstr("\"/[t.m]/[t.level]\": no such"));
  EXPECT_THAT(Text(R"({"[t.levels]":[1,"x"]})"), HasSubstr("\"/[t.levels]/1\": \"x\" is not"));
}

TEST_F(Proto2JsonTest, ReadsGroups) {
  EXPECT_EQ(Text(R"({"part":{"n":1,"ms":[{}]}})"), "Part { n: 1 ms { } }");
  EXPECT_THAT(Text(R"({"Part":{}})"), HasSubstr("did you mean \"part\"?"));
}

TEST_F(Proto2JsonTest, ReadsMapsOfEveryKindOfKey) {
  EXPECT_EQ(Text(R"({"byBool":{"true":"x"},"bySint32":{"-2147483648":"x"},
                     "byFixed64":{"18446744073709551615":"x"},"byString":{"":"x"},
                     "bySfixed64":{"-9223372036854775808":"x"},"byUint32":{"0":"x"}})"),
            "by_bool { key: true value: \"x\" } by_sint32 { key: -2147483648 value: \"x\" } "
            "by_fixed64 { key: 18446744073709551615 value: \"x\" } "
            "by_string { key: \"\" value: \"x\" } "
            "by_sfixed64 { key: -9223372036854775808 value: \"x\" } "
            "by_uint32 { key: 0 value: \"x\" }");
  for (const char* key : {"4294967296", "-1", "01", "1e0", " 1", "x", ""}) {
    EXPECT_THAT(Text(absl::StrCat(R"({"byUint32":{")", key, R"(":"x"}})")), HasSubstr("as a key, "))
        << key;
  }
}

TEST_F(Proto2JsonTest, LooksForRequiredFieldsBehindAnAny) {
  EXPECT_EQ(Text(R"({"any":{"@type":"x/t.Strict","inner":{}}})"),
            "\"/any\": lacks required fields of t.Strict: \"id\", \"inner.id\"");
  EXPECT_THAT(Text(R"({"any":{"@type":"x/t.Strict","id":1}})"), HasSubstr("value: \"\\010\\001\""));
}

}  // namespace
}  // namespace sluice
