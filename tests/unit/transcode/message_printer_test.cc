// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/message_printer.h"

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/transcode/dynamic_types.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

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
  enum Color { NO_COLOR = 0; RED = 1; ALSO_RED = 1; option allow_alias = true; BLUE = -3; }
  message All {
    int32 an_int32 = 1; int64 an_int64 = 2; uint32 a_uint32 = 3; uint64 a_uint64 = 4;
    sint32 a_sint32 = 5; sint64 a_sint64 = 6; fixed32 a_fixed32 = 7; fixed64 a_fixed64 = 8;
    sfixed32 a_sfixed32 = 9; sfixed64 a_sfixed64 = 10; float a_float = 11; double a_double = 12;
    bool a_bool = 13; string a_string = 14; bytes some_bytes = 15; Color color = 16; All all = 17;
    optional int32 optional_int = 18; string custom = 19 [json_name = "@cust\"om"];
    repeated int64 int64s = 21; repeated string strings = 22; repeated Color colors = 23;
    repeated All alls = 24; repeated double doubles = 25; repeated bytes byteses = 26;
    repeated bool bools = 27; repeated float floats = 28; repeated uint64 uint64s = 29;
    repeated uint32 uint32s = 30; repeated int32 int32s = 31;
    map<string, string> strings_by_name = 41; map<int32, All> alls_by_int = 42;
    map<bool, Color> colors_by_bool = 43; map<uint64, double> doubles_by_uint = 44;
    map<int64, bytes> bytes_by_int64 = 45; map<uint32, bool> bools_by_uint32 = 46;
    google.protobuf.Any any = 61; google.protobuf.Duration duration = 62;
    google.protobuf.FieldMask mask = 63; google.protobuf.Struct struct = 64;
    google.protobuf.Value value = 65; google.protobuf.ListValue list = 66;
    google.protobuf.Timestamp time = 67; google.protobuf.NullValue null = 68;
    google.protobuf.Int64Value int64_value = 69; google.protobuf.StringValue string_value = 70;
    google.protobuf.BoolValue bool_value = 71; google.protobuf.BytesValue bytes_value = 72;
    google.protobuf.Empty empty = 73; google.protobuf.DoubleValue double_value = 74;
    repeated google.protobuf.Value values = 75; repeated google.protobuf.Timestamp times = 76;
    google.protobuf.FloatValue float_value = 77; google.protobuf.UInt32Value uint32_value = 78;
    oneof choice { int32 chosen_int = 81; google.protobuf.NullValue chosen_null = 82; }
  })";

class MessagePrinterTest : public ::testing::Test {
 protected:
  absl::Status Print(const std::string& wire, std::string& json, int max_depth = 64) const {
    const std::unique_ptr<google::protobuf::Message> message(
        types_.Prototype(schema_.Type("t.All")).New());
    const absl::Status status = ParseStrictly(wire, max_depth, *message);
    if (!status.ok()) return status;
    return MessagePrinter({types_, max_depth}, json).Print(*message);
  }

  std::string Json(const std::string& text) const {
    std::string json;
    const absl::Status status = Print(schema_.Wire("t.All", text), json);
    EXPECT_TRUE(status.ok()) << status;
    return json;
  }

  std::string Fault(const std::string& wire) const {
    std::string json;
    const absl::Status status = Print(wire, json);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    return std::string(status.message());
  }

  const InlineSchema schema_{kSchema};
  const DynamicTypes types_{schema_.pool()};
};

TEST_F(MessagePrinterTest, AgreesWithProtobufsOwnPrinter) {
  const char* cases[] = {
      "an_int32: -1 an_int64: -9223372036854775808 a_uint32: 4294967295",
      "a_uint64: 18446744073709551615 a_sint32: -5 a_sint64: -6 a_fixed32: 7 a_fixed64: 8",
      "a_sfixed32: -9 a_sfixed64: -10 a_float: 1.5 a_double: -0.25 a_bool: true",
      "a_float: nan a_double: inf doubles: [-inf, 0, 1e300, 0.1] floats: [0.1, 3.4e38]",
      "a_string: 'h\\303\\251 \\342\\200\\250<>&\\t\\001' some_bytes: '\\000\\377'",
      "color: RED colors: [RED, BLUE, NO_COLOR] optional_int: 0 custom: 'x'",
      "all { all { a_bool: true } } alls {} alls { an_int32: 1 }",
      "int64s: [1, -2] strings: ['', 'b'] byteses: ['a', ''] bools: [true, false]",
      "uint64s: 1 uint32s: [1, 2] int32s: [0, -1]",
      "strings_by_name { key: 'b' value: '1' } strings_by_name { key: 'a\"' value: '2' }",
      "alls_by_int { key: -1 value { an_int32: 3 } } alls_by_int { key: 2 value {} }",
      "colors_by_bool { key: true value: RED } doubles_by_uint { key: 3 value: 0.5 }",
      "bytes_by_int64 { key: -4 value: 'x' } bools_by_uint32 { key: 5 value: true }",
      "any { [type.googleapis.com/t.All] { an_int32: 1 any { } } }",
      "any { [type.googleapis.com/google.protobuf.Duration] { seconds: 3 nanos: 10 } }",
      "any { [type.googleapis.com/google.protobuf.Any] {"
      "  [type.googleapis.com/google.protobuf.Int32Value] { value: 5 } } }",
      "any { [type.googleapis.com/google.protobuf.ListValue] { values { bool_value: true } } }",
      "duration { seconds: -1 nanos: -500000000 } time { seconds: 1709208000 nanos: 1000000 }",
      "mask { paths: 'a_b.c' paths: 'd' } null: NULL_VALUE empty {}",
      "struct { fields { key: 'k' value { list_value { values { null_value: NULL_VALUE } } } } }",
      "value { struct_value { fields { key: 'n' value { number_value: 1.5 } } } }",
      "value { string_value: 's' } list { values { bool_value: false } values { list_value {} } }",
      "values { null_value: NULL_VALUE } values { number_value: 0 } times {} times { seconds: 1 }",
      "int64_value { value: 0 } string_value {} bool_value { value: true } bytes_value {}",
      "double_value { value: nan } float_value { value: 2.5 } uint32_value { value: 9 }",
      "chosen_int: 0",
      "chosen_null: NULL_VALUE",
  };
  for (const char* text : cases) {
    const std::string theirs = schema_.ProtobufJson("t.All", schema_.Wire("t.All", text));
    EXPECT_EQ(nlohmann::json::parse(Json(text)), nlohmann::json::parse(theirs)) << text;
  }
}

TEST_F(MessagePrinterTest, WritesCompactJsonInTheOrderOfTheSchema) {
  EXPECT_EQ(Json(""), "{}");
  EXPECT_EQ(Json("strings: ['a', 'b'] an_int32: 1 all {} custom: 'x'"),
            R"({"anInt32":1,"all":{},"@cust\"om":"x","strings":["a","b"]})");
  EXPECT_EQ(Json("color: RED colors: [RED]"), R"({"color":"RED","colors":["RED"]})");
}

TEST_F(MessagePrinterTest, WritesAMapsEntriesByKeyAndTheLastOfEqualOnes) {
  EXPECT_EQ(Json("strings_by_name { key: 'b' value: '1' } strings_by_name { key: 'a' value: '2' } "
                 "strings_by_name { key: 'b' value: '3' }"),
            R"({"stringsByName":{"a":"2","b":"3"}})");
}

TEST_F(MessagePrinterTest, WritesTypeAndMembersOfAnAny) {
  EXPECT_EQ(Json("any { type_url: 'x.example/t.All' value: '\\200\\001\\001' }"),
            R"({"any":{"@type":"x.example/t.All","color":"RED"}})");
  EXPECT_EQ(Json("any { type_url: 'x.example/google.protobuf.Timestamp' }"),
            R"({"any":{"@type":"x.example/google.protobuf.Timestamp",)"
            R"("value":"1970-01-01T00:00:00Z"}})");
}

TEST_F(MessagePrinterTest, KnowsTheBundledTypesInAnAny) {
  const std::string wire = schema_.Wire(
      "t.All", "any { type_url: 'type.googleapis.com/google.rpc.RetryInfo' value: '' }");
  std::string json;
  ASSERT_TRUE(Print(wire, json).ok());
  EXPECT_EQ(json, R"({"any":{"@type":"type.googleapis.com/google.rpc.RetryInfo"}})");
}

TEST_F(MessagePrinterTest, RefusesWhatHasNoJson) {
  const struct {
    std::string text;
    std::string fault;
  } cases[] = {
      {"time { seconds: 253402300800 }", "google.protobuf.Timestamp of 253402300800 s"},
      {"time { nanos: -1 }", "out of range"},
      {"duration { seconds: 315576000001 }", "google.protobuf.Duration"},
      {"duration { seconds: 1 nanos: -1 }", "out of range"},
      {"mask { paths: 'fooBar' }", "\"fooBar\" in a google.protobuf.FieldMask"},
      {"value {}", "google.protobuf.Value holds no value"},
      {"value { number_value: inf }", "not finite"},
      {"struct { fields { key: 'a' value { number_value: nan } } }", "not finite"},
      {"any { type_url: 'x/y.Unknown' }", "\"x/y.Unknown\", which the schema does not have"},
      {"any { type_url: 't.All' }", "\"t.All\", which the schema does not have"},
      {"any { value: 'x' }", "which the schema does not have"},
      {"any { type_url: 'x/t.All' value: '\\001' }", "t.All does not parse: at byte 1"},
      {"any { type_url: 'x/t.All' value: 'r\\001\\377' }", "t.All.a_string is not valid UTF-8"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Fault(schema_.Wire("t.All", c.text)), HasSubstr(c.fault)) << c.text;
  }
}

TEST_F(MessagePrinterTest, RefusesTextThatIsNotUtf8WhereverItStands) {
  const std::string bad = Delimited(14, "a\xff");
  EXPECT_THAT(Fault(bad), HasSubstr("t.All.a_string is not valid UTF-8"));
  EXPECT_THAT(Fault(Delimited(17, Delimited(17, bad))), HasSubstr("t.All.a_string"));
  EXPECT_THAT(Fault(Delimited(22, "\xc3")), HasSubstr("t.All.strings is not valid UTF-8"));
  EXPECT_THAT(Fault(Delimited(41, Delimited(1, "\x80"))), HasSubstr("key is not valid UTF-8"));
  EXPECT_THAT(Fault(Delimited(41, Delimited(2, "\x80"))), HasSubstr("value is not valid UTF-8"));
  EXPECT_THAT(Fault(Delimited(61, Delimited(1, "x/\xff"))), HasSubstr("type_url is not valid"));
  EXPECT_THAT(Fault(Delimited(70, Delimited(1, "\xff"))), HasSubstr("StringValue.value"));
}

// Chains of messages in each other, through whatever can hold a message.
std::string Chain(int links, const std::function<std::string(const std::string&)>& link) {
  std::string wire;
  for (int i = 0; i < links; ++i) wire = link(wire);
  return wire;
}

TEST_F(MessagePrinterTest, EndsAtTheDepthThatIsAllowed) {
  const auto nest = [](const std::string& inner) { return Delimited(17, inner); };
  std::string json;
  EXPECT_TRUE(Print(Chain(9, nest), json, 10).ok());
  EXPECT_THAT(std::string(Print(Chain(10, nest), json, 10).message()), HasSubstr("too deep"));
}

TEST_F(MessagePrinterTest, CountsTheMessagesInsideOfAnAny) {
  const auto nest = [](const std::string& inner) {
    return Delimited(61, absl::StrCat(Delimited(1, "x/t.All"), Delimited(2, inner)));
  };
  std::string json;
  EXPECT_TRUE(Print(Chain(4, nest), json, 9).ok());  // All, four times Any and All
  EXPECT_THAT(std::string(Print(Chain(4, nest), json, 8).message()), HasSubstr("8 messages deep"));
  EXPECT_THAT(std::string(Print(Chain(4, nest), json, 7).message()), HasSubstr("too deep"));
}

TEST_F(MessagePrinterTest, NeverRecursesWithoutBound) {
  const auto list = [](const std::string& inner) {
    return Delimited(6, inner.empty() ? inner : Delimited(1, inner));  // Value holds a ListValue
  };
  const auto object = [](const std::string& inner) {
    return Delimited(5, Delimited(1, absl::StrCat(Delimited(1, "k"), Delimited(2, inner))));
  };
  const auto any = [](const std::string& inner) {
    return absl::StrCat(Delimited(1, "x/google.protobuf.Any"), Delimited(2, inner));
  };
  const auto nested = [](const std::string& inner) { return Delimited(17, inner); };
  constexpr int kLinks = 3000;
  EXPECT_NE(Fault(Delimited(65, Chain(kLinks, list))), "");
  EXPECT_NE(Fault(Delimited(65, Chain(kLinks, object))), "");
  EXPECT_NE(Fault(Delimited(61, Chain(kLinks, any))), "");
  EXPECT_NE(Fault(Chain(kLinks, nested)), "");
  EXPECT_NE(Fault(std::string(100000, '\x0b')), "");  // groups that do not end
}

TEST(MessagePrinterProto2, WritesGroupsExtensionsAndWhatIsSetToItsDefault) {
  const InlineSchema schema(R"(syntax = "proto2"; package t;
      message Old {
        optional int32 number = 1 [default = 5];
        optional group Part = 2 { optional string name = 3; }
        optional string text = 4;
        extensions 100 to 200;
      }
      extend Old { optional string extra = 100; repeated Old more = 101; })");
  const DynamicTypes types(schema.pool());
  const std::unique_ptr<google::protobuf::Message> message(
      types.Prototype(schema.Type("t.Old")).New());
  const std::string wire =
      schema.Wire("t.Old", "number: 5 Part { name: 'n' } [t.extra]: 'x' [t.more] { number: 1 }");
  ASSERT_TRUE(ParseStrictly(wire, 64, *message).ok());
  std::string json;
  ASSERT_TRUE(MessagePrinter({types, 64}, json).Print(*message).ok());
  EXPECT_EQ(json, R"({"number":5,"part":{"name":"n"},"[t.extra]":"x","[t.more]":[{"number":1}]})");
  // proto2 does not check its text, JSON must.
  message->Clear();
  ASSERT_TRUE(ParseStrictly(Delimited(4, "\xff"), 64, *message).ok());
  json.clear();
  EXPECT_THAT(std::string(MessagePrinter({types, 64}, json).Print(*message).message()),
              HasSubstr("t.Old.text is not valid UTF-8"));
}

}  // namespace
}  // namespace sluice
