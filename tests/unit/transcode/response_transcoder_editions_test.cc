// SPDX-License-Identifier: Apache-2.0
// A schema of an edition, and the same one in proto3 or proto2: messages and requests of both are
// the same, byte for byte, in one pass as well as on the second look.
#include <string>
#include <vector>

#include "gateway/transcode/request_message.h"
#include "gateway/transcode/response_transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;

constexpr char kProto3[] = R"(
  syntax = "proto3";
  package t;
  import "google/protobuf/struct.proto";
  enum E { A = 0; B = 1; }
  message M {
    E e = 1; repeated E es = 2; map<string, E> em = 3; int32 i = 4; double d = 5; string s = 6;
    optional E oe = 7; optional int32 oi = 8; M m = 9; oneof o { E x = 10; int32 y = 11; }
    google.protobuf.NullValue n = 12; repeated google.protobuf.NullValue ns = 13; bytes b = 14;
    bool f = 15; repeated int64 ls = 16 [packed = false]; uint64 u = 17; float g = 18;
    map<int32, M> mm = 19;
  })";
constexpr char kEdition3[] = R"(
  edition = "2023";
  package t;
  import "google/protobuf/struct.proto";
  option features.field_presence = IMPLICIT;
  enum E { A = 0; B = 1; }
  message M {
    E e = 1; repeated E es = 2; map<string, E> em = 3; int32 i = 4; double d = 5; string s = 6;
    E oe = 7 [features.field_presence = EXPLICIT]; int32 oi = 8 [features.field_presence = EXPLICIT];
    M m = 9; oneof o { E x = 10; int32 y = 11; }
    google.protobuf.NullValue n = 12; repeated google.protobuf.NullValue ns = 13; bytes b = 14;
    bool f = 15; repeated int64 ls = 16 [features.repeated_field_encoding = EXPANDED]; uint64 u = 17;
    float g = 18; map<int32, M> mm = 19;
  })";
constexpr char kProto2[] = R"(
  syntax = "proto2";
  package t;
  enum E { Z = 0; A = 1; B = 2; }
  message M {
    optional E e = 1; repeated E es = 2; map<string, E> em = 3; optional int32 i = 4 [default = 7];
    optional group G = 5 { optional int32 a = 1; } repeated group H = 6 { optional M m = 1; }
    extensions 100 to 200; required bool f = 15; repeated int32 ls = 16;
  }
  extend M { optional E ext = 100; repeated int32 exts = 101 [packed = true]; })";
constexpr char kEdition2[] = R"(
  edition = "2024";
  package t;
  option features = { enum_type: CLOSED repeated_field_encoding: EXPANDED utf8_validation: NONE
                      json_format: LEGACY_BEST_EFFORT };
  enum E { Z = 0; A = 1; B = 2; }
  message M {
    E e = 1; repeated E es = 2; map<string, E> em = 3; int32 i = 4 [default = 7];
    local message G { int32 a = 1; } G g = 5 [features.message_encoding = DELIMITED];
    local message H { M m = 1; } repeated H h = 6 [features.message_encoding = DELIMITED];
    extensions 100 to 200; bool f = 15 [features.field_presence = LEGACY_REQUIRED];
    repeated int32 ls = 16;
  }
  extend M { E ext = 100; repeated int32 exts = 101 [features.repeated_field_encoding = PACKED]; })";

std::string JsonOf(const InlineSchema& schema, const std::string& wire, JsonOptions json,
                   const char* id) {
  ResponseTranscoder::Options options;
  options.type = &schema.Type("t.M");
  options.event = StreamOptions::FULL;
  options.json = json;
  options.id_field = schema.Path("t.M", id);
  TranscodedEvent event;
  const absl::Status status = ResponseTranscoder(options).Transcode(wire, event);
  if (!status.ok()) return std::string(status.message());
  return event.data + " id " + (event.has_id ? event.id : "none") + " unknown " +
         std::to_string(event.unknown_fields);
}

void ExpectSameJson(const InlineSchema& one, const InlineSchema& other, const std::string& wire) {
  for (const char* id : {"e", "i"}) {
    for (const JsonOptions& json :
         {JsonOptions{}, JsonOptions{.default_values = true},
          JsonOptions{.proto_names = true, .enums_as_numbers = true, .numbers_64 = true}}) {
      EXPECT_EQ(JsonOf(one, wire, json, id), JsonOf(other, wire, json, id));
      // Where a field that is not repeated comes twice, the message is parsed and walked.
      EXPECT_EQ(JsonOf(one, wire + wire, json, id), JsonOf(other, wire + wire, json, id));
    }
  }
}

TEST(ResponseTranscoderEditions, GiveTheJsonOfProto3) {
  const InlineSchema edition(kEdition3);
  const InlineSchema proto3(kProto3);
  for (const char* text :
       {"", "e: B es: [A, B] em { key: 'k' value: B } i: 1 d: 2 s: 'x' oe: A oi: 0 n: NULL_VALUE",
        "e: 9 es: [A, 7, B] em { key: 'k' value: 8 } oe: 5 x: 6", "x: A", "y: 0", "m { e: 7 }",
        "ns: [NULL_VALUE, 3] b: 'xyz' f: true ls: [1, -1] u: 18446744073709551615 g: 1.5",
        "mm { key: 1 value { e: B } } mm { key: 2 } em { key: 'a' } d: -0.0 g: nan"}) {
    ExpectSameJson(edition, proto3, proto3.Wire("t.M", text));
  }
  for (const std::string& wire :
       {std::string("\x08\x00\x20\x00\x32\x00\x3a\x00", 8),  // defaults on the wire
        std::string("\x08\x07\x08\x00", 4),
        std::string("\x08\x80\x80\x80\x80\xf0\xff\xff\xff\xff"
                    "\x01"),
        std::string("\x12\x03\x00\x01\x07\x10\x09", 7), std::string("\x32\x01\xff", 3),
        std::string("\x1a\x04\x0a\x00\x10\x09", 6), std::string("\x1a\x02\x10\x07", 4),
        std::string("\x29\0\0\0\0\0\0\0\0", 9), std::string("\x08", 1)}) {
    ExpectSameJson(edition, proto3, wire);
  }
}

TEST(ResponseTranscoderEditions, GiveTheJsonOfProto2) {
  const InlineSchema edition(kEdition2);
  const InlineSchema proto2(kProto2);
  for (const char* text : {"f: true", "", "f: false e: B es: [A, B] em { key: 'k' value: B } i: 7",
                           "f: true G { a: 1 } H { m { f: true } } H { } ls: [1, 2]",
                           "f: true [t.ext]: B [t.exts]: 3 [t.exts]: 4"}) {
    ExpectSameJson(edition, proto2, proto2.Wire("t.M", text));
  }
  for (const std::string& wire :
       {std::string("\x78\x01\x08\x09\x10\x01\x10\x09"), std::string("\x78\x01\x12\x02\x01\x09"),
        std::string("\x78\x01\x1a\x05\x0a\x01k\x10\x09"), std::string("\x78\x01\x2b\x08\x05")}) {
    ExpectSameJson(edition, proto2, wire);
  }
}

// The wire of the request, or what is wrong with it.
std::string RequestOf(const InlineSchema& schema, const std::string& json) {
  const RequestPlan plan({.type = &schema.Type("t.M")});
  RequestMessage message(plan);
  const absl::Status read = message.MergeJson(json);
  if (!read.ok()) return std::string(read.message());
  const absl::Status required = message.CheckRequired();
  return required.ok() ? message.Serialize() : std::string(required.message());
}

TEST(ResponseTranscoderEditions, TakeTheRequestsOfProto3) {
  const InlineSchema edition(kEdition3);
  const InlineSchema proto3(kProto3);
  for (const char* json : {R"({})",
                           R"({"e":0,"i":0,"d":0,"s":"","b":"","f":false,"u":"0","g":0})",
                           R"({"e":"A","oe":"A","oi":0})",
                           R"({"e":"B","es":["A",99,"B"],"em":{"k":"B","l":0}})",
                           R"({"e":99,"oe":-7})",
                           R"({"d":-0.0,"g":-0.0})",
                           R"({"n":null,"ns":[null,null]})",
                           R"({"n":"NULL_VALUE"})",
                           R"({"x":"A"})",
                           R"({"y":0})",
                           R"({"x":"A","y":0})",
                           R"({"m":{"e":"B","m":{}}})",
                           R"({"ls":["1",2]})",
                           R"({"e":"C"})",
                           R"({"e":true})",
                           R"({"e":1.5})",
                           R"({"e":4294967296})",
                           R"({"es":[null]})",
                           R"({"e":null})",
                           R"({"em":{"k":null}})",
                           R"({"mm":{"1":{"e":7}}})",
                           R"({"e":"1"})"}) {
    EXPECT_EQ(RequestOf(edition, json), RequestOf(proto3, json)) << json;
  }
}

TEST(ResponseTranscoderEditions, TakeTheRequestsOfProto2) {
  const InlineSchema edition(kEdition2);
  const InlineSchema proto2(kProto2);
  for (const char* json :
       {R"({})", R"({"f":true})", R"({"f":false,"i":0,"e":"A","es":["B"],"em":{"k":"B"}})",
        R"({"f":true,"g":{"a":1},"h":[{"m":{"f":true}},{}],"ls":[1,2]})",
        R"({"f":true,"[t.ext]":"B","[t.exts]":[1,2]})", R"({"f":true,"e":9})",
        R"({"f":true,"h":[{"m":{}}]})"}) {
    EXPECT_EQ(RequestOf(edition, json), RequestOf(proto2, json)) << json;
  }
}

}  // namespace
}  // namespace sluice
