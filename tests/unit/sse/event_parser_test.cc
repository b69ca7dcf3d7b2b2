// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_parser.h"

#include <vector>

#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Parsed(EventParser& parser, absl::string_view bytes) {
  std::string shown;
  const absl::Status fed = parser.Feed(bytes, [&shown](const ReceivedEvent& event) {
    shown += "[" + event.name + "|" + event.data + "|" + event.last_event_id + "]";
  });
  return fed.ok() ? shown : std::string(fed.message());
}

std::string Parsed(absl::string_view bytes) {
  EventParser parser;
  return Parsed(parser, bytes);
}

TEST(EventParser, ReadsWhatTheStandardSays) {
  EXPECT_EQ(Parsed("data: a\n\n"), "[message|a|]");
  EXPECT_EQ(Parsed("event: T\ndata: a\ndata:b\nid: 7\n\n"), "[T|a\nb|7]");
  EXPECT_EQ(Parsed("data\n\n"), "[message||]");
  EXPECT_EQ(Parsed("data:  a\n\n"), "[message| a|]");
  EXPECT_EQ(Parsed(": comment\n\nevent: T\n\ndata: x\n\n"), "[message|x|]");
  EXPECT_EQ(Parsed("data: a\r\rdata: b\r\n\r\ndata: c\n\n"),
            "[message|a|][message|b|][message|c|]");
  EXPECT_EQ(Parsed("\xEF\xBB\xBF"
                   "data: a\n\n"),
            "[message|a|]");
  EXPECT_EQ(Parsed("unknown: a\ndata: b\n\n"), "[message|b|]");
  EXPECT_EQ(Parsed("data: never ended\n"), "");
}

TEST(EventParser, KnowsWhetherAnEventIsUnfinished) {
  const std::pair<const char*, bool> cases[] = {{"", false},
                                                {"data: a\n\n", false},
                                                {"data: a\n\n: heartbeat\n", false},
                                                {"data: a\n", true},
                                                {"event: T\n", true},
                                                {"data: a\n\nda", true},
                                                {"retry: 100\n", false}};
  for (const auto& [bytes, unfinished] : cases) {
    EventParser parser;
    Parsed(parser, bytes);
    EXPECT_EQ(parser.mid_event(), unfinished) << bytes;
    parser.Restart();
    EXPECT_FALSE(parser.mid_event()) << bytes;
  }
}

TEST(EventParser, TakesPiecesOfAnySize) {
  EventParser parser;
  std::string all;
  for (const char c : std::string("id: 1\r\nevent: T\r\ndata: a\r\n\r\ndata: b\r\n\r\n")) {
    all += Parsed(parser, absl::string_view(&c, 1));
  }
  EXPECT_EQ(all, "[T|a|1][message|b|1]");
}

TEST(EventParser, KeepsTheIdAndTheRetry) {
  EventParser parser;
  EXPECT_EQ(Parsed(parser, absl::string_view("id: 1\ndata: a\n\nid: a\0b\ndata: b\n\n", 32)),
            "[message|a|1][message|b|1]");
  EXPECT_EQ(Parsed(parser, "retry: 3000\nretry: 5s\nretry:\nid\ndata: c\n\n"), "[message|c|]");
  EXPECT_EQ(parser.retry_ms(), 3000);
}

TEST(EventParser, AnEventThatBrokeOffDoesNotMoveTheId) {
  EventParser parser;
  Parsed(parser, "id: 1\ndata: a\n\nid: 2\ndata: b\n");
  parser.Restart();
  EXPECT_EQ(parser.last_event_id(), "1");
  EXPECT_EQ(Parsed(parser, "data: c\n\n"), "[message|c|1]");
}

TEST(EventParser, RefusesAnEventWithoutEnd) {
  EventParser parser(100);
  EXPECT_EQ(Parsed(parser, "data: " + std::string(200, 'x')), "an event is longer than 100 bytes");
  EventParser lines(100);
  std::string many;
  for (int i = 0; i < 60; ++i) many += "data: x\n";
  EXPECT_EQ(Parsed(lines, many), "an event is longer than 100 bytes");
}

}  // namespace
}  // namespace sluice
