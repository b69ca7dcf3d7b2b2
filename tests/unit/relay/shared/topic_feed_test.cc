// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/shared/topic_feed.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

const RpcStatus kAway = {.code = absl::StatusCode::kUnavailable, .message = "away"};

TEST(TopicFeed, SendsTheServiceNothingOfAnyOneBrowser) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open({.headers = "Authorization: Bearer a\r\nLast-Event-ID: x-1\r\n"
                                            "X-Request-Id: 7\r\nX-Forwarded-For: 1.2.3.4\r\n"
                                            "Traceparent: 00-1\r\nAccept-Language: de\r\n"});
  const CallRequest& request = harness.calls()[0]->request;
  EXPECT_EQ(request.path, "/t.Feed/Watch");
  EXPECT_EQ(request.timeout, absl::InfiniteDuration());
  EXPECT_THAT(request.metadata, ElementsAre(Pair("authorization", "Bearer a")));
}

TEST(TopicFeed, SendsTheServiceNoBrowsersIdThoughItCouldResume) {
  SharedHarness harness("id_field: 'id' resume_field: 'name' share {}");
  const auto tab = harness.OpenWithId("b");
  EXPECT_EQ(harness.calls()[0]->request.message, "");
  EXPECT_THAT(harness.calls()[0]->request.metadata, IsEmpty());
}

TEST(TopicFeed, ReleasesEveryMessageAtOnce) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  const std::string wire = TickBytes("1", "a");
  harness.TellBytes(wire);
  harness.TellBytes("");
  EXPECT_EQ(harness.calls()[0]->released_bytes, ReceivedBytes(wire) + ReceivedBytes(""));
}

TEST(TopicFeed, NumbersEventsThatHaveNoIdField) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.TellTick("mine", "a");
  EXPECT_THAT(LastIdOf(harness.Got(*tab)), testing::EndsWith("-1"));
}

TEST(TopicFeed, EscapesTheIdsOfTheAuthorAndFindsThemAgain) {
  SharedHarness harness("id_field: 'id' share {}");
  const auto tab = harness.Open();
  harness.TellTick("a b", "x");
  harness.TellTick("c", "y");
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"text\":\"x\"}\nid: a~20b\n\n"));
  const auto again = harness.OpenWithId("a~20b");
  const std::string got = harness.Got(*again);
  EXPECT_THAT(got, HasSubstr("\"resume\":\"resumed\"}\nid: a~20b\n\n"));
  EXPECT_THAT(got, HasSubstr("\"text\":\"y\"}\nid: c\n\n"));
  EXPECT_THAT(got, Not(HasSubstr("\"text\":\"x\"")));
}

TEST(TopicFeed, LeavesOutAnIdThatIsTooLongAndCountsIt) {
  SharedHarness harness("id_field: 'id' share {}");
  const auto tab = harness.Open();
  harness.TellTick(std::string(125, 'x'), "a");
  harness.TellTick("", "b");
  EXPECT_THAT(harness.Got(*tab), Not(HasSubstr("\nid: ")));
  EXPECT_EQ(harness.metrics().Value("events_without_id", "t.Feed.Watch"), 1u);
}

TEST(TopicFeed, WritesABodyInAMemberAsOneStringALineOfNdjson) {
  SharedHarness harness("event: ONEOF share {}");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?alt=ndjson"});
  harness.TellBytes(PageBytes("text/plain", "a\nb"));
  harness.TellBytes(PageBytes("image/png", "abc"));
  EXPECT_EQ(harness.Got(*tab), "\"a\\nb\"\n\"YWJj\"\n");
}

TEST(TopicFeed, CountsALargeEventOnceHoweverManyGetIt) {
  SharedHarness harness("share {}");
  const auto first = harness.Open();
  const auto second = harness.Open();
  harness.Tell(std::string(70'000, 'x'));
  EXPECT_EQ(harness.Got(*first).size(), harness.Got(*second).size());
  EXPECT_EQ(harness.metrics().Value("large_events", "t.Feed.Watch"), 1u);
}

TEST(TopicFeed, CountsItsRpcsByTheirCodes) {
  SharedHarness harness("share {}");
  const MethodCounts& counts =
      harness.metrics().Method("t.Feed.Watch", MethodMeter::Kind::kStream).OnLoop(0);
  const auto calls = [&counts](absl::StatusCode code) {
    return counts.calls[static_cast<size_t>(code)].value();
  };
  auto first = harness.Open();
  const auto second = harness.Open();
  harness.TellEnd(kAway);
  EXPECT_EQ(calls(absl::StatusCode::kUnavailable), 1);
  harness.Pass(absl::Seconds(2));
  harness.TellEnd({});
  EXPECT_EQ(calls(absl::StatusCode::kOk), 1);
  EXPECT_EQ(calls(absl::StatusCode::kUnavailable), 1);
}

TEST(TopicFeed, MeasuresAnEventOnceHoweverManyGetIt) {
  SharedHarness harness("share {}");
  const auto first = harness.Open();
  const auto second = harness.Open();
  harness.Tell("a");
  int64_t measured = 0;
  const Histogram& sizes = harness.metrics().Loops()[0]->event_bytes;
  for (size_t i = 0; i <= sizes.bounds().size(); ++i) measured += sizes.count(i);
  EXPECT_EQ(measured, 1);
}

TEST(TopicFeed, SendsTheServiceNoIdThatWasMadeForOneBrowser) {
  SharedHarness harness("share {}", {.forward_headers = {"x-request-id"}});
  const auto first = harness.Open();
  const auto second = harness.Open();
  EXPECT_EQ(harness.calls().size(), 1u);
  EXPECT_THAT(harness.calls()[0]->request.metadata, IsEmpty());
  const auto third = harness.Open({.headers = "X-Request-Id: 7\r\n"});
  ASSERT_EQ(harness.calls().size(), 2u);
  EXPECT_THAT(harness.calls()[1]->request.metadata, ElementsAre(Pair("x-request-id", "7")));
}

TEST(TopicFeed, TellsEverySubscriberOfAnUnreadableEvent) {
  SharedHarness harness("share {}");
  const auto first = harness.Open();
  const auto second = harness.Open();
  harness.Tell("a");
  const std::string before = LastIdOf(harness.Got(*first));
  harness.Got(*second);
  harness.TellBytes("\x0a\x7f");
  const std::string gap = harness.Got(*first);
  const std::string id = LastIdOf(gap);
  EXPECT_EQ(gap, absl::StrCat("event: stream-gap\ndata: {\"from\":\"", before, "\",\"to\":\"", id,
                              "\",\"reason\":\"unreadable\"}\nid: ", id, "\n\n"));
  EXPECT_NE(id, before);
  EXPECT_EQ(harness.Got(*second), gap);
  EXPECT_TRUE(harness.has_call());
  harness.Tell("b");
  EXPECT_THAT(harness.Got(*first), HasSubstr("\"text\":\"b\"}"));
  const auto back = harness.OpenWithId(before);
  EXPECT_THAT(harness.Got(*back), HasSubstr(gap));
  EXPECT_EQ(harness.metrics().Value("unreadable_malformed", "t.Feed.Watch"), 1u);
}

TEST(TopicFeed, HoldsTheAuthorsIdOfAnUnreadableEvent) {
  SharedHarness harness("id_field: 'id' share {}");
  const auto tab = harness.Open();
  harness.TellTick("1", "a");
  harness.Got(*tab);
  harness.TellBytes(TickBytes("2", "\xff"));
  EXPECT_THAT(harness.Got(*tab), testing::EndsWith("{\"from\":\"1\",\"to\":\"2\",\"reason\":"
                                                   "\"unreadable\"}\nid: 2\n\n"));
  harness.TellBytes("\x0a\x7f");
  EXPECT_THAT(harness.Got(*tab),
              testing::EndsWith("{\"from\":\"2\",\"to\":null,\"reason\":\"unreadable\"}\n\n"));
  const auto back = harness.OpenWithId("2");
  EXPECT_THAT(harness.Got(*back), HasSubstr("\"from\":\"2\",\"to\":null"));
}

TEST(TopicFeed, BeginsWithAnUnreadableEvent) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.TellBytes("\x0a\x7f");
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, HasSubstr("event: stream-open\n"));
  EXPECT_THAT(got, HasSubstr("{\"from\":null,\"to\":\""));
}

TEST(TopicFeed, EndsForGoodAtAnUnreadableEventWhereTheRouteSaysSo) {
  SharedHarness harness("bad_message: END share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*tab));
  harness.TellBytes("\x0a\x7f");
  EXPECT_FALSE(harness.has_call());
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, HasSubstr("\"status\":\"DATA_LOSS\""));
  EXPECT_THAT(got, testing::EndsWith(absl::StrCat("\"retryable\":false}\nid: ", id, "~end\n\n")));
  EXPECT_TRUE(tab->complete());
  harness.Pass(absl::Seconds(60));
  EXPECT_FALSE(harness.has_call());
}

TEST(TopicFeed, WaitsAsLongAsTheServiceAsksFor) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .retry_after = absl::Seconds(50)});
  harness.Pass(absl::Seconds(49));
  EXPECT_FALSE(harness.has_call());
  harness.Pass(absl::Seconds(2));
  EXPECT_TRUE(harness.has_call());
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .never_again = true});
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"retryable\":false}\n"));
}

TEST(TopicFeed, GoesOnBehindTheLastIdByTheFieldAndByTheMetadata) {
  SharedHarness harness("id_field: 'id' resume_field: 'after' share {}");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?name=n&after=7"});
  EXPECT_EQ(harness.calls()[0]->request.message, "\x08\x07\x12\x01n");
  harness.TellTick("41", "a");
  harness.TellTick("42", "b");
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  ASSERT_EQ(harness.calls().size(), 2u);
  // The later one of two values counts.
  EXPECT_EQ(harness.calls()[1]->request.message, "\x08\x07\x12\x01n\x08\x2a");
  EXPECT_THAT(harness.calls()[1]->request.metadata, ElementsAre(Pair("last-event-id", "42")));
  harness.Got(*tab);
  harness.TellTick("43", "c");
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, Not(HasSubstr("stream-gap")));
  EXPECT_THAT(got, testing::EndsWith("\"text\":\"c\"}\nid: 43\n\n"));
}

TEST(TopicFeed, GivesTheServiceItsIdAsItWroteIt) {
  SharedHarness harness("id_field: 'id' resume_field: 'name' share {}");
  const auto tab = harness.Open();
  harness.TellTick("a b", "x");
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.calls()[1]->request.message,
            "\x12\x03"
            "a b");
  EXPECT_THAT(harness.calls()[1]->request.metadata, ElementsAre(Pair("last-event-id", "a~20b")));
}

TEST(TopicFeed, TellsAGapIfTheIdDoesNotFitTheField) {
  SharedHarness harness("id_field: 'id' resume_field: 'after' share {}");
  const auto tab = harness.Open();
  harness.TellTick("no number", "a");
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.calls()[1]->request.message, "");
  harness.Got(*tab);
  harness.TellTick("1", "b");
  EXPECT_THAT(harness.Got(*tab), testing::StartsWith("event: stream-gap\n"));
}

TEST(TopicFeed, DoesNotResumeAFailedRpcThatCannot) {
  SharedHarness harness("id_field: 'id' share {}");
  const auto tab = harness.Open();
  harness.TellTick("1", "a");
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  EXPECT_THAT(harness.calls()[1]->request.metadata, Not(Contains(Key("last-event-id"))));
}

TEST(TopicFeed, SendsUnnamedEventsToThoseThatAskForThem) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?event=message"});
  harness.TellHeaders();
  harness.Got(*tab);
  harness.Tell("a");
  EXPECT_THAT(harness.Got(*tab), testing::StartsWith("data: {\"id\":\"i\",\"text\":\"a\"}\nid: "));
}

}  // namespace
}  // namespace sluice
