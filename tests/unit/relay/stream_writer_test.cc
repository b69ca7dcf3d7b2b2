// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/stream_writer.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "tests/support/body_text.h"

namespace sluice {
namespace {

using testing::StartsWith;

class StreamWriterTest : public testing::Test {
 protected:
  StreamWriter Writer(StreamWriter::Options options) { return {options, body_, scratch_}; }

  std::string Written() { return SendAll(body_); }

  // Cuts `retry: N` off the front of a block.
  static int64_t TakeRetry(std::string& block) {
    EXPECT_THAT(block, StartsWith("retry: "));
    const size_t end = block.find('\n');
    int64_t retry = 0;
    EXPECT_TRUE(absl::SimpleAtoi(block.substr(7, end - 7), &retry));
    block.erase(0, end + 1);
    return retry;
  }

  static TranscodedEvent Tick() { return {.name = "Tick", .data = "{\"price\":1}"}; }

  // An event that is complete already. Returns the bytes written.
  static size_t Write(StreamWriter writer, TranscodedEvent event, absl::string_view id) {
    static const auto& response =
        *new ResponseTranscoder({.type = google::protobuf::StringValue::descriptor()});
    event.is_complete = true;
    return *writer.Event({response, ""}, event, id);
  }

  EventScratch scratch_;
  Body body_{Body::Attention()};
};

TEST_F(StreamWriterTest, OpensWithTheCursorOnlyWhereItWasResumed) {
  StreamWriter writer = Writer({.retry = absl::Seconds(3)});
  writer.Open("demo.v1.Ticker/Watch", Resume::kResumed, "k7-1");
  std::string block = Written();
  const int64_t retry = TakeRetry(block);
  EXPECT_GE(retry, 2250);
  EXPECT_LE(retry, 3750);
  EXPECT_EQ(block,
            "event: stream-open\n"
            "data: {\"stream\":\"demo.v1.Ticker/Watch\",\"resume\":\"resumed\"}\n"
            "id: k7-1\n\n");
  writer.Open("a.B/C", Resume::kGap, "x");
  block = Written();
  TakeRetry(block);
  EXPECT_EQ(block, "event: stream-open\ndata: {\"stream\":\"a.B/C\",\"resume\":\"gap\"}\n\n");
}

TEST_F(StreamWriterTest, WritesEvents) {
  StreamWriter writer = Writer({});
  EXPECT_EQ(Write(writer, Tick(), "1"), 37u);
  EXPECT_EQ(Written(), "event: Tick\ndata: {\"price\":1}\nid: 1\n\n");
  Write(Writer({.form = {.unnamed_events = true}}), Tick(), "");
  EXPECT_EQ(Written(), "data: {\"price\":1}\n\n");
}

TEST_F(StreamWriterTest, WritesAMessageWhereItIsToLie) {
  const auto* type = google::protobuf::StringValue::descriptor();
  const ResponseTranscoder response({.type = type});
  const std::string wire = "\x0a\x02hi";
  TranscodedEvent event;
  ASSERT_TRUE(response.Describe(wire, event).ok());
  EXPECT_EQ(*Writer({}).Event({response, wire}, event, "1"), 37u);
  EXPECT_EQ(Written(), "event: StringValue\ndata: \"hi\"\nid: 1\n\n");
  EXPECT_TRUE(Writer({.form = {.unnamed_events = true}}).Event({response, wire}, event, "").ok());
  EXPECT_EQ(Written(), "data: \"hi\"\n\n");
  EXPECT_TRUE(
      Writer({.form = {.format = Format::kNdjson}}).Event({response, wire}, event, "1").ok());
  EXPECT_EQ(Written(), "\"hi\"\n");
}

TEST_F(StreamWriterTest, WritesNothingOfAMessageThatIsNone) {
  const ResponseTranscoder response({.type = google::protobuf::StringValue::descriptor()});
  const std::string wire = "\x0a\x05hi";
  TranscodedEvent event;
  ASSERT_TRUE(response.Describe(wire, event).ok());
  EXPECT_FALSE(Writer({}).Event({response, wire}, event, "1").ok());
  EXPECT_EQ(Written(), "");
}

TEST_F(StreamWriterTest, NdjsonHasMessagesAndErrorsAndNothingOfSluicesOwn) {
  StreamWriter writer = Writer({.form = {.format = Format::kNdjson}});
  writer.Open("a.B/C", Resume::kFresh, "");
  writer.Heartbeat();
  Write(writer, Tick(), "1");
  writer.End("~end");
  EXPECT_EQ(Written(), "{\"price\":1}\n");
  writer.Fail({.status = {.code = absl::StatusCode::kNotFound, .message = "no"}}, "");
  EXPECT_EQ(
      Written(),
      "{\"error\":{\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"no\",\"details\":[]}}\n");
}

TEST_F(StreamWriterTest, NdjsonTextIsAJsonString) {
  StreamWriter writer = Writer({.form = {.format = Format::kNdjson}});
  Write(writer, {.name = "", .data = "a\n\"b\"", .is_raw = true}, "");
  EXPECT_EQ(Written(), "\"a\\n\\\"b\\\"\"\n");
}

TEST_F(StreamWriterTest, HeartbeatIsALineOrAnEvent) {
  Writer({}).Heartbeat();
  EXPECT_EQ(Written(), ":\n");
  Writer({.heartbeat_event = true}).Heartbeat();
  EXPECT_EQ(Written(), "event: stream-heartbeat\ndata: {}\n\n");
}

TEST_F(StreamWriterTest, EndsWithItsOwnRetry) {
  Writer({.end_retry = absl::Seconds(100)}).End("7~end");
  std::string block = Written();
  const int64_t retry = TakeRetry(block);
  EXPECT_GE(retry, 75'000);
  EXPECT_LE(retry, 125'000);
  EXPECT_EQ(block, "event: stream-end\ndata: {\"code\":0,\"status\":\"OK\"}\nid: 7~end\n\n");
}

TEST_F(StreamWriterTest, RaisesRetryToAtLeastTwiceAfterAFailureThatMayPass) {
  StreamWriter writer = Writer({.retry = absl::Seconds(3)});
  for (int i = 0; i < 100; ++i) {
    writer.Fail(
        {.status = {.code = absl::StatusCode::kUnavailable, .message = "gone"}, .reason = "drain"},
        "1~end");
    std::string block = Written();
    const int64_t retry = TakeRetry(block);
    EXPECT_GE(retry, 6000);
    EXPECT_LE(retry, 10'000);
    EXPECT_EQ(
        block,
        "event: stream-error\ndata: {\"code\":14,\"status\":\"UNAVAILABLE\",\"message\":\"gone\","
        "\"details\":[],\"retryable\":true,\"reason\":\"drain\"}\n\n");
  }
}

TEST_F(StreamWriterTest, AFinalFailureCarriesTheIdThatIsAnswered204) {
  Writer({.end_retry = absl::Seconds(3)})
      .Fail({.status = {.code = absl::StatusCode::kDataLoss, .message = "x"},
             .details_json = "[{}]",
             .retryable = false},
            "9~end");
  std::string block = Written();
  const int64_t retry = TakeRetry(block);
  EXPECT_LE(retry, 3750);
  EXPECT_EQ(block,
            "event: stream-error\ndata: {\"code\":15,\"status\":\"DATA_LOSS\",\"message\":\"x\","
            "\"details\":[{}],\"retryable\":false}\nid: 9~end\n\n");
}

TEST(Jitter, SpreadsByAQuarter) {
  absl::BitGen random;
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration jittered = Jittered(absl::Seconds(4), random);
    EXPECT_GE(jittered, absl::Seconds(3));
    EXPECT_LE(jittered, absl::Seconds(5));
  }
}

}  // namespace
}  // namespace sluice
