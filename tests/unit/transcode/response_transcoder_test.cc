// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/response_transcoder.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

using sluice::v1::StreamOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package demo.v1;
  import "google/protobuf/any.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  import "google/api/httpbody.proto";
  enum Side { SIDE_UNSPECIFIED = 0; BUY = 1; }
  message Meta { string id = 1; bytes raw = 2; }
  message Tick {
    string symbol = 1;
    double price = 2;
    int64 volume = 3;
    Side side = 4;
    Meta meta = 5;
    optional int32 maybe = 6;
    repeated int32 list = 7;
    uint32 number = 8;
  }
  message UserLeft { string user = 1; }
  message RoomEvent {
    string id = 1;
    oneof event {
      Meta user_connected = 2;
      UserLeft user_left = 3;
      string user_message = 4;
      int64 total_2count = 5;
      Side side = 6;
      google.protobuf.Timestamp at = 7;
      google.api.HttpBody picture = 8;
      double load = 9;
      bytes blob = 10;
    }
    optional string note = 11;
  }
)";

class ResponseTranscoderTest : public ::testing::Test {
 protected:
  ResponseTranscoder::Options For(const std::string& type) const {
    ResponseTranscoder::Options options;
    options.type = &schema_.Type(type);
    return options;
  }

  ResponseTranscoder::Options Named(const std::string& type, StreamOptions::Event event) const {
    ResponseTranscoder::Options options = For(type);
    options.event = event;
    return options;
  }

  TranscodedEvent Event(const ResponseTranscoder::Options& options, const std::string& text) const {
    const ResponseTranscoder transcoder(options);
    TranscodedEvent event;
    const absl::Status status =
        transcoder.Transcode(schema_.Wire(options.type->full_name(), text), event);
    EXPECT_TRUE(status.ok()) << status;
    return event;
  }

  TranscodedEvent EventWithId(const std::string& path, const std::string& text) const {
    ResponseTranscoder::Options options = For("demo.v1.Tick");
    options.id_field = schema_.Path("demo.v1.Tick", path);
    return Event(options, text);
  }

  const InlineSchema schema_{kSchema};
};

TEST_F(ResponseTranscoderTest, NamesAnEventAfterItsType) {
  const TranscodedEvent event = Event(For("demo.v1.Tick"), "symbol: 'ACME' price: 101.25");
  EXPECT_EQ(event.name, "Tick");
  EXPECT_EQ(event.data, R"({"symbol":"ACME","price":101.25})");
  EXPECT_FALSE(event.is_raw);
  EXPECT_FALSE(event.has_id);
}

TEST_F(ResponseTranscoderTest, NamesEventsAsTheOptionsSay) {
  const auto unspecified = Named("demo.v1.Tick", StreamOptions::EVENT_UNSPECIFIED);
  EXPECT_EQ(Event(unspecified, "").name, "Tick");
  EXPECT_EQ(Event(Named("demo.v1.Tick", StreamOptions::FULL), "").name, "demo.v1.Tick");
  EXPECT_EQ(Event(Named("demo.v1.Tick", StreamOptions::NONE), "").name, "");
  ResponseTranscoder::Options fixed = Named("demo.v1.RoomEvent", StreamOptions::ONEOF);
  fixed.event_name = "room";
  EXPECT_EQ(Event(fixed, "user_left { user: 'bo' }").name, "room");
  EXPECT_EQ(Event(fixed, "user_left { user: 'bo' }").data, R"({"userLeft":{"user":"bo"}})");
}

TEST_F(ResponseTranscoderTest, SendsTheMemberThatIsSetUnderItsOwnName) {
  struct Case {
    std::string text;
    std::string name;
    std::string data;
  };
  const Case cases[] = {
      {"user_connected { id: 'x' }", "UserConnected", R"({"id":"x"})"},
      {"user_left {}", "UserLeft", "{}"},
      {"user_message: 'say \"hi\"'", "UserMessage", R"("say \"hi\"")"},
      {"user_message: ''", "UserMessage", R"("")"},
      {"total_2count: 5000000000", "Total2count", R"("5000000000")"},
      {"side: BUY", "Side", R"("BUY")"},
      {"at { seconds: 0 }", "At", R"("1970-01-01T00:00:00Z")"},
      {"load: 0.5", "Load", "0.5"},
      {"blob: '\\377'", "Blob", R"("/w==")"},
      {"id: '1' note: 'n'", "RoomEvent", R"({"id":"1","note":"n"})"},
  };
  for (const Case& c : cases) {
    const auto event = Event(Named("demo.v1.RoomEvent", StreamOptions::ONEOF), c.text);
    EXPECT_EQ(event.name, c.name) << c.text;
    EXPECT_EQ(event.data, c.data) << c.text;
  }
}

TEST_F(ResponseTranscoderTest, TakesNoSyntheticOneofForTheEvent) {
  const auto event = Event(Named("demo.v1.Tick", StreamOptions::ONEOF), "maybe: 3");
  EXPECT_EQ(event.name, "Tick");
  EXPECT_EQ(event.data, R"({"maybe":3})");
}

TEST_F(ResponseTranscoderTest, NamesAnAnyAfterWhatItHolds) {
  const std::string text = "[type.googleapis.com/demo.v1.Tick] { symbol: 'ACME' }";
  const auto event = Event(For("google.protobuf.Any"), text);
  EXPECT_EQ(event.name, "Tick");
  EXPECT_EQ(event.data, R"({"@type":"type.googleapis.com/demo.v1.Tick","symbol":"ACME"})");
  EXPECT_EQ(Event(Named("google.protobuf.Any", StreamOptions::FULL), text).name, "demo.v1.Tick");
  EXPECT_EQ(Event(Named("google.protobuf.Any", StreamOptions::NONE), text).name, "");
  EXPECT_EQ(Event(For("google.protobuf.Any"), "").name, "Any");
  EXPECT_EQ(Event(For("google.protobuf.Any"), "").data, "{}");
}

TEST_F(ResponseTranscoderTest, TakesTheIdFromAField) {
  EXPECT_EQ(EventWithId("symbol", "symbol: 'k7q2 1042'").id, "k7q2 1042");
  EXPECT_EQ(EventWithId("meta.id", "meta { id: 'x' }").id, "x");
  EXPECT_EQ(EventWithId("meta.raw", "meta { raw: '\\000\\377' }").id, std::string("\0\xff", 2));
  EXPECT_EQ(EventWithId("volume", "volume: -9007199254740993").id, "-9007199254740993");
  EXPECT_EQ(EventWithId("number", "number: 4294967295").id, "4294967295");
  EXPECT_EQ(EventWithId("side", "side: BUY").id, "BUY");
  EXPECT_EQ(EventWithId("maybe", "maybe: 0").id, "0");
  const TranscodedEvent zero = EventWithId("volume", "");
  EXPECT_TRUE(zero.has_id);
  EXPECT_EQ(zero.id, "0");
}

TEST_F(ResponseTranscoderTest, HasNoIdWhereTheFieldIsAbsentOrEmpty) {
  for (const char* path : {"symbol", "meta.id", "meta.raw", "maybe", "price", "list"}) {
    const TranscodedEvent event = EventWithId(path, "");
    EXPECT_FALSE(event.has_id) << path;
    EXPECT_EQ(event.id, "") << path;
  }
  EXPECT_FALSE(EventWithId("meta.id", "meta {}").has_id);
}

TEST_F(ResponseTranscoderTest, WritesAnUnknownEnumNumberAsTheId) {
  ResponseTranscoder::Options options = For("demo.v1.Tick");
  options.id_field = schema_.Path("demo.v1.Tick", "side");
  TranscodedEvent event;
  ASSERT_TRUE(ResponseTranscoder(options).Transcode("\x20\x07", event).ok());
  EXPECT_EQ(event.id, "7");
  EXPECT_EQ(event.data, R"({"side":7})");
}

TEST_F(ResponseTranscoderTest, SendsTheTextOfAnHttpBody) {
  const TranscodedEvent event =
      Event(For("google.api.HttpBody"), "content_type: 'text/html' data: '<p>a\\r\\nb'");
  EXPECT_EQ(event.name, "HttpBody");
  EXPECT_TRUE(event.is_raw);
  EXPECT_EQ(event.data, "<p>a\r\nb");
}

TEST_F(ResponseTranscoderTest, SendsOtherBytesOfAnHttpBodyAsBase64) {
  const char* cases[] = {"content_type: 'image/png' data: '\\377\\000'", "data: '\\377\\000'",
                         "content_type: 'text/plain' data: '\\377\\000'",
                         "content_type: 'text/plain;charset=latin1' data: '\\377\\000'"};
  for (const char* text : cases) {
    const TranscodedEvent event = Event(For("google.api.HttpBody"), text);
    EXPECT_TRUE(event.is_raw) << text;
    EXPECT_EQ(event.data, "/wA=") << text;
  }
  const auto member = Event(Named("demo.v1.RoomEvent", StreamOptions::ONEOF),
                            "picture { content_type: 'image/png' data: 'abc' }");
  EXPECT_TRUE(member.is_raw);
  EXPECT_EQ(member.data, "YWJj");
}

TEST_F(ResponseTranscoderTest, SaysOfEachMemberWhetherItIsRaw) {
  const ResponseTranscoder transcoder(Named("demo.v1.RoomEvent", StreamOptions::ONEOF));
  const std::pair<const char*, bool> cases[] = {
      {"picture { content_type: 'text/plain' data: 'a' }", true},
      {"user_message: 'a'", false},
      {"picture {}", true},
      {"id: '1'", false}};
  TranscodedEvent event;
  for (const auto& [text, is_raw] : cases) {
    ASSERT_TRUE(transcoder.Transcode(schema_.Wire("demo.v1.RoomEvent", text), event).ok());
    EXPECT_EQ(event.is_raw, is_raw) << text;
  }
}

TEST_F(ResponseTranscoderTest, NeverSendsARawNulOfAText) {
  const TranscodedEvent event =
      Event(For("google.api.HttpBody"), "content_type: 'text/plain' data: 'a\\000b'");
  EXPECT_TRUE(event.is_raw);
  EXPECT_EQ(event.data, "YQBi");
}

TEST_F(ResponseTranscoderTest, LeavesNothingButTheIdInTheEventAfterAnError) {
  ResponseTranscoder::Options options = For("demo.v1.RoomEvent");
  options.id_field = schema_.Path("demo.v1.RoomEvent", "id");
  const ResponseTranscoder transcoder(options);
  TranscodedEvent event;
  ASSERT_TRUE(transcoder.Transcode(schema_.Wire("demo.v1.RoomEvent", "id: '1'"), event).ok());
  const std::string wire = schema_.Wire("demo.v1.RoomEvent", "id: '2' at { nanos: -1 }");
  const absl::Status status = transcoder.Transcode(wire, event);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(event.name + event.data, "");
  EXPECT_EQ(event.id, "2");
  EXPECT_FALSE(transcoder.Transcode("\xff", event).ok());
  EXPECT_FALSE(event.has_id);
  EXPECT_EQ(event.id, "");
  OutputBuffer out;
  ASSERT_TRUE(transcoder.Describe(wire, event).ok());
  EXPECT_FALSE(transcoder.WriteJson(wire, event, out).ok());
  EXPECT_EQ(event.name + event.data, "");
  EXPECT_EQ(event.id, "2");
}

TEST_F(ResponseTranscoderTest, NamesTheKindOfEveryFault) {
  const auto fault = [&](const std::string& type, const std::string& wire) {
    TranscodedEvent event;
    return FaultOf(ResponseTranscoder(For(type)).Transcode(wire, event));
  };
  const auto of_text = [&](const char* text) {
    return fault("demo.v1.RoomEvent", schema_.Wire("demo.v1.RoomEvent", text));
  };
  EXPECT_EQ(of_text("at { nanos: -1 }"), EventFault::kOutOfRange);
  EXPECT_EQ(of_text("at { nanos: -1 } id: '1'"), EventFault::kOutOfRange);
  EXPECT_EQ(fault("demo.v1.RoomEvent", "\x0a\x05xx"), EventFault::kMalformed);
  EXPECT_EQ(fault("demo.v1.RoomEvent", "\x0a\x01\xff"), EventFault::kNotUtf8);
  EXPECT_EQ(fault("google.protobuf.Any", "\x0a\x03x/y"), EventFault::kUnknownType);
  EXPECT_EQ(fault("google.protobuf.Value", ""), EventFault::kValue);
  EXPECT_EQ(fault("google.protobuf.FieldMask", "\x0a\x01X"), EventFault::kFieldMask);
  EXPECT_EQ(fault("google.protobuf.FieldMask", "\x0a\x01X\x0a\x01x"), EventFault::kFieldMask);
  ResponseTranscoder::Whole whole;
  const absl::Status status =
      ResponseTranscoder(For("google.api.HttpBody")).TranscodeWhole("\x0a\x03\x61\x0a\x62", whole);
  EXPECT_EQ(FaultOf(status), EventFault::kHttpBody);
}

TEST_F(ResponseTranscoderTest, WritesTheBytesOfAnAnyOfUnknownTypeWhereThatIsWanted) {
  ResponseTranscoder::Options options = For("google.protobuf.Any");
  options.json.unknown_any_as_bytes = true;
  const ResponseTranscoder transcoder(options);
  const std::pair<std::string, std::string> cases[] = {
      {"\x0a\x07x/y.New\x12\x02\xff\x01", R"({"@type":"x/y.New","@value":"/wE="})"},
      {"\x0a\x07x/y.New", R"({"@type":"x/y.New","@value":""})"},
      {"\x0a\x03New\x12\x01x", R"({"@type":"New","@value":"eA=="})"},
      {"\x12\x01x", R"({"@type":"","@value":"eA=="})"},
      {"\x0a\x05x/\"\x01z", R"({"@type":"x/\"\u0001z","@value":""})"},
      // In pieces: the last of each counts.
      {"\x0a\x01o\x0a\x07x/y.New\x12\x01x", R"({"@type":"x/y.New","@value":"eA=="})"},
      // In an Any of a type that is known.
      {"\x0a\x15x/google.protobuf.Any\x12\x05\x0a\x03x/y",
       R"({"@type":"x/google.protobuf.Any","value":{"@type":"x/y","@value":""}})"}};
  TranscodedEvent event;
  for (const auto& [wire, json] : cases) {
    ASSERT_TRUE(transcoder.Transcode(wire, event).ok()) << json;
    EXPECT_EQ(event.data, json);
    EXPECT_EQ(event.name, "Any");
  }
  EXPECT_EQ(FaultOf(transcoder.Transcode("\x0a\x03x/\xff", event)), EventFault::kNotUtf8);
  EXPECT_EQ(FaultOf(transcoder.Transcode("\x0a\x01o\x0a\x03x/\xff", event)), EventFault::kNotUtf8);
}

TEST_F(ResponseTranscoderTest, TakesTheDepthThatProtobufsParsersTake) {
  const InlineSchema schema(R"(syntax = "proto3"; package t;
      message N { N n = 1; repeated N more = 2; map<string, N> by_key = 3; })");
  const ResponseTranscoder transcoder({.type = &schema.Type("t.N")});
  const auto nested = [](int messages) {
    std::string wire;
    for (int i = 0; i < messages; ++i) wire = Delimited(1, wire);
    return wire;
  };
  TranscodedEvent event;
  EXPECT_TRUE(transcoder.Transcode(nested(100), event).ok());
  EXPECT_TRUE(transcoder.Transcode(Delimited(1, "") + nested(100), event).ok());
  EXPECT_EQ(FaultOf(transcoder.Transcode(nested(101), event)), EventFault::kTooDeep);
  EXPECT_EQ(FaultOf(transcoder.Transcode(Delimited(1, "") + nested(101), event)),
            EventFault::kTooDeep);
}

TEST_F(ResponseTranscoderTest, FindsTheIdOfAMessageThatHasNoJson) {
  ResponseTranscoder::Options options = For("demo.v1.Tick");
  const auto id = [&](const char* path, const std::string& wire) -> std::string {
    options.id_field = schema_.Path("demo.v1.Tick", path);
    TranscodedEvent event;
    EXPECT_FALSE(ResponseTranscoder(options).Transcode(wire, event).ok());
    return event.has_id ? event.id : "none";
  };
  const std::string meta = schema_.Wire("demo.v1.Tick", "meta { id: 'x' }");
  const std::string volume = schema_.Wire("demo.v1.Tick", "volume: -7");
  EXPECT_EQ(id("meta.id", meta + "\x0a\x01\xff"), "x");
  EXPECT_EQ(id("meta.id", "\x0a\x01\xff" + meta), "x");
  EXPECT_EQ(id("volume", volume + "\x0a\x7f"), "-7");  // what follows is cut short
  EXPECT_EQ(id("volume", "\x0a\x01\xff"), "0");        // absent, and it has a default
  EXPECT_EQ(id("volume", "\x0a\x7f"), "none");         // it may still have come
  EXPECT_EQ(id("maybe", "\x0a\x01\xff"), "none");
  EXPECT_EQ(id("volume", volume + volume + "\x18\x03\x0a\x01\xff"), "3");
  EXPECT_EQ(id("volume", "\x7b\x18\x05\x7c" + volume + "\x0a\x01\xff"), "-7");
  EXPECT_EQ(id("symbol", "\x0a\x02\xff!"), "\xff!");
}

TEST_F(ResponseTranscoderTest, NamesTheTypeInEveryError) {
  const ResponseTranscoder transcoder(For("demo.v1.RoomEvent"));
  TranscodedEvent event;
  const std::string bad[] = {"\x0a\x05xx", schema_.Wire("demo.v1.RoomEvent", "at { nanos: -1 }")};
  for (const std::string& wire : bad) {
    const absl::Status status = transcoder.Transcode(wire, event);
    EXPECT_THAT(std::string(status.message()), HasSubstr("demo.v1.RoomEvent"));
  }
  EXPECT_THAT(std::string(transcoder.Transcode("\x0a\x05xx", event).message()),
              HasSubstr("demo.v1.RoomEvent.id is cut short"));
}

TEST_F(ResponseTranscoderTest, SaysWhereAMessageInPiecesIsBroken) {
  const ResponseTranscoder transcoder(For("demo.v1.RoomEvent"));
  TranscodedEvent event;
  const std::string wire = schema_.Wire("demo.v1.RoomEvent", "user_left { user: 'a' }") +
                           schema_.Wire("demo.v1.RoomEvent", "user_left { user: 'b' }") +
                           "\x1a\x03\x0a\x01\xff";
  EXPECT_EQ(transcoder.Transcode(wire, event).message(),
            "a message that should be a demo.v1.RoomEvent has no JSON: at byte 14, "
            "demo.v1.RoomEvent.user_left.user is not valid UTF-8");
  EXPECT_EQ(event.data, "");
}

TEST_F(ResponseTranscoderTest, AcceptsAWrongValueThatALaterOneReplaces) {
  const std::string wire = schema_.Wire("demo.v1.RoomEvent", "at { nanos: -1 }") +
                           schema_.Wire("demo.v1.RoomEvent", "at { nanos: 1000000 }");
  TranscodedEvent event;
  ASSERT_TRUE(ResponseTranscoder(For("demo.v1.RoomEvent")).Transcode(wire, event).ok());
  EXPECT_EQ(event.data, R"({"at":"1970-01-01T00:00:00.001Z"})");
}

TEST_F(ResponseTranscoderTest, WritesInTwoSteps) {
  ResponseTranscoder::Options options = Named("demo.v1.RoomEvent", StreamOptions::ONEOF);
  options.id_field = schema_.Path("demo.v1.RoomEvent", "id");
  const ResponseTranscoder transcoder(options);
  TranscodedEvent event;
  OutputBuffer out;
  out.Append("data: ");
  const std::string wire =
      schema_.Wire("demo.v1.RoomEvent", "id: '7' user_left { user: 'x' }") + "\xf0\x07\x01";
  ASSERT_TRUE(transcoder.Describe(wire, event).ok());
  EXPECT_EQ(event.name + " " + event.id, "UserLeft 7");
  EXPECT_EQ(event.data, "");
  ASSERT_TRUE(transcoder.WriteJson(wire, event, out).ok());
  EXPECT_EQ(out.written(), "data: {\"user\":\"x\"}");
  EXPECT_EQ(event.unknown_fields, 1u);
  EXPECT_FALSE(transcoder.WriteJson("\x0a\x05", event, out).ok());
  EXPECT_EQ(out.written(), "data: {\"user\":\"x\"}");
}

TEST_F(ResponseTranscoderTest, SendsOnlyTheFieldThatIsTheBody) {
  ResponseTranscoder::Options options = For("demo.v1.Tick");
  const auto body = [&](const char* name, const char* text) {
    options.response_body = options.type->FindFieldByName(name);
    ResponseTranscoder::Whole whole;
    const ResponseTranscoder transcoder(options);
    EXPECT_TRUE(transcoder.TranscodeWhole(schema_.Wire("demo.v1.Tick", text), whole).ok());
    return whole.body;
  };
  EXPECT_EQ(body("meta", "symbol: 'a' meta { id: 'x' }"), R"({"id":"x"})");
  EXPECT_EQ(body("list", "list: [1, 2] number: 4"), "[1,2]");
  EXPECT_EQ(body("list", ""), "[]");
  EXPECT_EQ(body("symbol", ""), "\"\"");
  EXPECT_EQ(body("maybe", ""), "null");
  EXPECT_EQ(body("meta", ""), "null");
}

TEST_F(ResponseTranscoderTest, WritesJsonAsTheOptionsSay) {
  ResponseTranscoder::Options options = For("demo.v1.Tick");
  options.json = {.proto_names = true, .enums_as_numbers = true, .numbers_64 = true};
  EXPECT_EQ(Event(options, "volume: 7 side: BUY").data, R"({"volume":7,"side":1})");
  options.json = {.default_values = true};
  EXPECT_EQ(
      Event(options, "").data,
      R"({"symbol":"","price":0,"volume":"0","side":"SIDE_UNSPECIFIED","list":[],"number":0})");
}

TEST_F(ResponseTranscoderTest, GivesAWholeAnswerAsJson) {
  ResponseTranscoder::Whole whole;
  const ResponseTranscoder transcoder(For("demo.v1.Tick"));
  ASSERT_TRUE(transcoder.TranscodeWhole(schema_.Wire("demo.v1.Tick", "number: 3"), whole).ok());
  EXPECT_EQ(whole.content_type, "application/json");
  EXPECT_EQ(whole.body, R"({"number":3})");
  EXPECT_FALSE(transcoder.TranscodeWhole("\xff", whole).ok());
  EXPECT_EQ(whole.content_type + whole.body, "");
}

TEST_F(ResponseTranscoderTest, GivesAWholeHttpBodyAsItsBytes) {
  ResponseTranscoder::Whole whole;
  const ResponseTranscoder transcoder(For("google.api.HttpBody"));
  const auto wire = [&](const char* text) { return schema_.Wire("google.api.HttpBody", text); };
  ASSERT_TRUE(
      transcoder.TranscodeWhole(wire("content_type: 'image/png' data: '\\377'"), whole).ok());
  EXPECT_EQ(whole.content_type, "image/png");
  EXPECT_EQ(whole.body, "\xff");
  ASSERT_TRUE(transcoder.TranscodeWhole(wire("data: 'x'"), whole).ok());
  EXPECT_EQ(whole.content_type, "application/octet-stream");
  const absl::Status status =
      transcoder.TranscodeWhole(wire("content_type: 'a/b\\r\\nSet-Cookie: c' data: 'x'"), whole);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(whole.body, "");
}

TEST_F(ResponseTranscoderTest, ListsTheNamesThatEventsCanHave) {
  const auto names = [&](const char* type, StreamOptions::Event event) {
    return ResponseTranscoder(Named(type, event)).EventNames();
  };
  EXPECT_THAT(names("demo.v1.Tick", StreamOptions::MESSAGE), ElementsAre("Tick"));
  EXPECT_THAT(names("demo.v1.Tick", StreamOptions::FULL), ElementsAre("demo.v1.Tick"));
  EXPECT_THAT(names("demo.v1.Tick", StreamOptions::NONE), IsEmpty());
  EXPECT_THAT(names("google.protobuf.Any", StreamOptions::MESSAGE), IsEmpty());
  EXPECT_THAT(names("demo.v1.RoomEvent", StreamOptions::ONEOF),
              ElementsAre("UserConnected", "UserLeft", "UserMessage", "Total2count", "Side", "At",
                          "Picture", "Load", "Blob", "RoomEvent"));
}

TEST_F(ResponseTranscoderTest, ServesManyThreadsAtOnce) {
  const ResponseTranscoder transcoder(For("google.protobuf.Any"));
  const std::string wire =
      schema_.Wire("google.protobuf.Any", "[type.googleapis.com/demo.v1.Tick] { symbol: 'ACME' }");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      TranscodedEvent event;
      for (int round = 0; round < 200; ++round) {
        EXPECT_TRUE(transcoder.Transcode(wire, event).ok());
        EXPECT_EQ(event.name, "Tick");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sluice
