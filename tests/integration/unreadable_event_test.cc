// SPDX-License-Identifier: Apache-2.0
// An event that has no JSON costs itself, not the stream: a gap stands in its place. Where the
// route would rather end, it ends for good, so that no browser comes back to the same event for
// ever.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRoute[] = "demo.v1.Faults.Run";

std::string Yaml(const std::string& stream) {
  return absl::StrCat("limits: {close_grace: 100ms}\nroutes: [{selector: ", kRoute, ", stream: {",
                      stream, "}}]\n");
}

std::string TargetOf(const std::string& parameters) {
  return absl::StrCat("/demo.v1.Faults/Run?", parameters);
}

std::vector<ReceivedEvent> ReadAll(HttpAnswer& answer) {
  std::vector<ReceivedEvent> events;
  while (std::optional<ReceivedEvent> event = answer.NextEvent(absl::Seconds(10))) {
    events.push_back(*std::move(event));
  }
  return events;
}

TEST(UnreadableEvent, OfEveryKindIsAGapInItsPlace) {
  TestGateway gateway({.yaml = Yaml("id_field: sequence, unknown_any: ERROR")});
  const std::pair<const char*, const char*> kinds[] = {
      {"BYTES", "malformed"},   {"UTF8", "not_utf8"},     {"DEPTH", "too_deep"},
      {"TIME", "out_of_range"}, {"TYPE", "unknown_type"}, {"MASK", "field_mask"},
      {"VALUE", "value"}};
  for (const auto& [fault, counter] : kinds) {
    HttpAnswer answer(gateway.port(),
                      {.target = TargetOf(absl::StrCat("count=3&malformed_at=2&fault=", fault))});
    const std::vector<ReceivedEvent> events = ReadAll(answer);
    ASSERT_EQ(events.size(), 5u) << fault;
    EXPECT_EQ(events[1].data, "{\"sequence\":\"1\"}") << fault;
    EXPECT_EQ(events[2].name, "stream-gap") << fault;
    EXPECT_EQ(events[2].data, "{\"from\":\"1\",\"to\":\"2\",\"reason\":\"unreadable\"}") << fault;
    EXPECT_EQ(events[2].last_event_id, "2") << fault;
    EXPECT_EQ(events[3].data, "{\"sequence\":\"3\"}") << fault;
    EXPECT_EQ(events[4].name, "stream-end") << fault;
    EXPECT_EQ(gateway.server().metrics().Value(absl::StrCat("unreadable_", counter), kRoute), 1u)
        << fault;
  }
  const std::string metrics = gateway.Page("/metrics");
  EXPECT_TRUE(absl::StrContains(metrics,
                                "sluice_unreadable_events_total{kind=\"not_utf8\",method=\"demo.v1."
                                "Faults.Run\"} 1"))
      << metrics;
}

TEST(UnreadableEvent, WithoutAnIdIsAGapThatNobodyCanName) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = TargetOf("count=3&malformed_at=1")});
  const std::vector<ReceivedEvent> events = ReadAll(answer);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[1].data, "{\"from\":null,\"to\":null,\"reason\":\"unreadable\"}");
  EXPECT_EQ(events[1].last_event_id, "");
}

TEST(UnreadableEvent, IsLeftOutOfNdjson) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = TargetOf("count=3&malformed_at=2&alt=ndjson")});
  EXPECT_EQ(answer.ReadBody(), "{\"sequence\":\"1\"}\n{\"sequence\":\"3\"}\n");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
}

TEST(UnreadableEvent, IsTheEndForGoodWhereTheRouteSaysSo) {
  TestGateway gateway({.yaml = Yaml("id_field: sequence, bad_message: END")});
  HttpAnswer answer(gateway.port(), {.target = TargetOf("count=9&malformed_at=2&fault=TIME")});
  const std::vector<ReceivedEvent> events = ReadAll(answer);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].name, "stream-error");
  EXPECT_TRUE(absl::StrContains(events[2].data, "\"status\":\"DATA_LOSS\"")) << events[2].data;
  EXPECT_TRUE(absl::StrContains(events[2].data, "demo.v1.FaultsEvent.time")) << events[2].data;
  EXPECT_TRUE(absl::StrContains(events[2].data, "\"retryable\":false")) << events[2].data;
  EXPECT_EQ(events[2].last_event_id, "1~end");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
  HttpAnswer back(gateway.port(), {.target = TargetOf("count=9&malformed_at=2&fault=TIME"),
                                   .headers = {{"Last-Event-ID", "1~end"}}});
  EXPECT_EQ(back.status(), 204);
}

TEST(UnreadableEvent, OfASharedStreamIsSeenByAllAndByThoseWhoComeBack) {
  TestGateway gateway({.yaml = Yaml("share: {linger: 10s}")});
  const std::string target = TargetOf("silence_before=0.3s&rate=20&malformed_at=3");
  HttpAnswer first(gateway.port(), {.target = target});
  HttpAnswer second(gateway.port(), {.target = target});
  std::string before;
  for (HttpAnswer* answer : {&first, &second}) {
    ReceivedEvent event;
    while (event.name != "stream-gap") {
      before = event.last_event_id;
      event = answer->NextEvent(absl::Seconds(10)).value_or(ReceivedEvent{.name = "stream-gap"});
    }
    EXPECT_EQ(event.data, absl::StrCat("{\"from\":\"", before, "\",\"to\":\"", event.last_event_id,
                                       "\",\"reason\":\"unreadable\"}"));
    const ReceivedEvent next = answer->NextEvent(absl::Seconds(10)).value_or(ReceivedEvent{});
    EXPECT_EQ(next.data, "{\"sequence\":\"4\"}");
  }
  HttpAnswer back(gateway.port(), {.target = target, .headers = {{"Last-Event-ID", before}}});
  EXPECT_TRUE(absl::StrContains(back.NextEvent()->data, "\"resumed\""));
  EXPECT_EQ(back.NextEvent()->name, "stream-gap");
  EXPECT_EQ(back.NextEvent()->data, "{\"sequence\":\"4\"}");
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 1);
}

TEST(UnreadableEvent, EndsASharedStreamForAllWhereTheRouteSaysSo) {
  TestGateway gateway({.yaml = Yaml("bad_message: END, share: {}")});
  const std::string target = TargetOf("silence_before=0.3s&rate=20&malformed_at=3");
  HttpAnswer first(gateway.port(), {.target = target});
  HttpAnswer second(gateway.port(), {.target = target});
  for (HttpAnswer* answer : {&first, &second}) {
    const std::vector<ReceivedEvent> events = ReadAll(*answer);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().name, "stream-error");
    EXPECT_TRUE(absl::StrContains(events.back().data, "\"retryable\":false")) << events.back().data;
    EXPECT_EQ(answer->end(), HttpAnswer::End::kClean);
  }
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 1);
}

TEST(UnreadableEvent, IsNoneWhereAnAnyHoldsATypeThatNobodyKnows) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = TargetOf("count=1&malformed_at=1&fault=TYPE")});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_EQ(answer.NextEvent()->data,
            "{\"sequence\":\"1\",\"any\":{\"@type\":\"type.googleapis.com/demo.v1.Unheard\","
            "\"@value\":\"b2Y=\"}}");
}

}  // namespace
}  // namespace sluice
