// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/event_frame.h"

#include <string>

#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

// The frame of a StringValue, or the error.
std::string Framed(const EventForm& form, const std::string& wire, absl::string_view id) {
  const ResponseTranscoder response({.type = google::protobuf::StringValue::descriptor()});
  TranscodedEvent event;
  EXPECT_TRUE(response.Describe(wire, event).ok());
  OutputBuffer out;
  const absl::Status status = WriteFrame(form, {response, wire}, event, id, out);
  return status.ok() ? std::string(out.written()) : std::string(status.message());
}

// The frame of an event that Describe has written already.
std::string Completed(const EventForm& form, TranscodedEvent event, absl::string_view id) {
  const ResponseTranscoder response({.type = google::protobuf::StringValue::descriptor()});
  event.is_complete = true;
  OutputBuffer out;
  EXPECT_TRUE(WriteFrame(form, {response, ""}, event, id, out).ok());
  return std::string(out.written());
}

constexpr EventForm kUnnamed = {.unnamed_events = true};
constexpr EventForm kNdjson = {.format = Format::kNdjson};

TEST(WriteFrame, IsTheSameForAMessageAndForAnEventThatIsComplete) {
  const std::string wire = "\x0a\x02hi";
  const TranscodedEvent event{.name = "StringValue", .data = "\"hi\""};
  EXPECT_EQ(Framed({}, wire, "1"), "event: StringValue\ndata: \"hi\"\nid: 1\n\n");
  EXPECT_EQ(Completed({}, event, "1"), Framed({}, wire, "1"));
  EXPECT_EQ(Framed(kUnnamed, wire, ""), "data: \"hi\"\n\n");
  EXPECT_EQ(Completed(kUnnamed, event, ""), Framed(kUnnamed, wire, ""));
  EXPECT_EQ(Framed(kNdjson, wire, "1"), "\"hi\"\n");
  EXPECT_EQ(Completed(kNdjson, event, "1"), Framed(kNdjson, wire, "1"));
}

TEST(WriteFrame, SplitsTextIntoLinesAndQuotesItWhereALineIsAnEvent) {
  const TranscodedEvent text{.name = "", .data = "a\nb", .is_raw = true};
  EXPECT_EQ(Completed({}, text, ""), "data: a\ndata: b\n\n");
  EXPECT_EQ(Completed(kNdjson, text, ""), "\"a\\nb\"\n");
}

TEST(WriteFrame, PassesOnWhatIsWrongWithAMessage) {
  EXPECT_NE(Framed({}, "\x0a\x05hi", "1").find("google.protobuf.StringValue"), std::string::npos);
}

}  // namespace
}  // namespace sluice
