// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/own_events.h"

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::EndsWith;
using testing::MatchesRegex;

class OwnEventsTest : public testing::Test {
 protected:
  OwnEvents Events(const OwnEvents::Options& options = {}) { return {options, random_}; }
  // The smallest and the largest `retry:` of a hundred blocks.
  struct Range {
    long least = 1'000'000'000;
    long most = 0;
  };
  template <typename Make>
  static Range RetriesOf(Make make) {
    Range range;
    for (int i = 0; i < 300; ++i) {
      const std::string block = make();
      EXPECT_TRUE(absl::StartsWith(block, "retry: "));
      const long retry = std::atol(block.c_str() + 7);
      range.least = std::min(range.least, retry);
      range.most = std::max(range.most, retry);
    }
    return range;
  }

  absl::BitGen random_;
};

TEST_F(OwnEventsTest, OpenAStreamWithWhatCameOfTheId) {
  OwnEvents events = Events();
  EXPECT_THAT(events.Open("a.B/C", Resume::kFresh, ""),
              MatchesRegex("retry: [0-9]+\nevent: stream-open\n"
                           "data: \\{\"stream\":\"a.B/C\",\"resume\":\"fresh\"\\}\n\n"));
  EXPECT_THAT(events.Open("a.B/C", Resume::kResumed, "x-1"),
              EndsWith("\"resume\":\"resumed\"}\nid: x-1\n\n"));
  EXPECT_THAT(events.Open("a.B/C", Resume::kGap, ""), EndsWith("\"resume\":\"gap\"}\n\n"));
}

TEST_F(OwnEventsTest, TellAGapAndWhatTheBrowserHoldsBehindIt) {
  EXPECT_EQ(Events().GapEvent({.from = "x-1", .to = "x-9", .reason = "reopened", .id = "x-9"}),
            "event: stream-gap\n"
            "data: {\"from\":\"x-1\",\"to\":\"x-9\",\"reason\":\"reopened\"}\nid: x-9\n\n");
  EXPECT_EQ(Events().GapEvent({.from = "", .to = "", .reason = "not_kept", .id = ""}),
            "event: stream-gap\ndata: {\"from\":null,\"to\":null,\"reason\":\"not_kept\"}\n\n");
}

TEST_F(OwnEventsTest, AreValidWhateverIdABrowserSent) {
  const std::string gap =
      Events().GapEvent({.from = "a\xff\"\n\r", .to = "", .reason = "r", .id = ""});
  EXPECT_EQ(gap,
            "event: stream-gap\n"
            "data: {\"from\":\"a\xef\xbf\xbd\\\"\\n\\r\",\"to\":null,\"reason\":\"r\"}\n\n");
}

TEST_F(OwnEventsTest, TellHowManySubscribersThereAre) {
  EXPECT_EQ(Events().Presence(12), "event: stream-presence\ndata: {\"subscribers\":12}\n\n");
}

TEST_F(OwnEventsTest, BeatAsACommentOrAsAnEvent) {
  EXPECT_EQ(Events().Heartbeat(), ":\n");
  EXPECT_EQ(Events({.heartbeat_event = true}).Heartbeat(), "event: stream-heartbeat\ndata: {}\n\n");
}

TEST_F(OwnEventsTest, EndAStreamForGoodOrNot) {
  EXPECT_THAT(Events().End("x-1~end"),
              MatchesRegex("retry: [0-9]+\nevent: stream-end\n"
                           "data: \\{\"code\":0,\"status\":\"OK\"\\}\nid: x-1~end\n\n"));
  EXPECT_THAT(Events().End(""), EndsWith("\"OK\"}\n\n"));
}

TEST_F(OwnEventsTest, NameTheEndOfAFinalFailureOnly) {
  StreamFailure failure{.status = {.code = absl::StatusCode::kNotFound, .message = "no"},
                        .retryable = false};
  EXPECT_THAT(Events().Fail(failure, "x-1~end"),
              EndsWith("data: {\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"no\","
                       "\"details\":[],\"retryable\":false}\nid: x-1~end\n\n"));
  failure.retryable = true;
  failure.reason = "drain";
  EXPECT_THAT(Events().Fail(failure, "x-1~end"),
              EndsWith("\"retryable\":true,\"reason\":\"drain\"}\n\n"));
}

TEST_F(OwnEventsTest, JitterByAQuarter) {
  OwnEvents events =
      Events({.retry = absl::Milliseconds(4000), .end_retry = absl::Milliseconds(8000)});
  const Range open = RetriesOf([&] { return events.Open("s", Resume::kFresh, ""); });
  EXPECT_GE(open.least, 3000);
  EXPECT_LE(open.most, 5000);
  EXPECT_GT(open.most - open.least, 1000);
  const Range end = RetriesOf([&] { return events.End(""); });
  EXPECT_GE(end.least, 6000);
  EXPECT_LE(end.most, 10000);
}

TEST_F(OwnEventsTest, RaiseTheRetryOfAFailureThatMayPass) {
  OwnEvents events =
      Events({.retry = absl::Milliseconds(4000), .end_retry = absl::Milliseconds(100)});
  StreamFailure failure{.status = {.code = absl::StatusCode::kUnavailable}};
  const Range raised = RetriesOf([&] { return events.Fail(failure, ""); });
  EXPECT_GE(raised.least, 8000);
  EXPECT_LE(raised.most, 13334);
  failure.retryable = false;
  EXPECT_LE(RetriesOf([&] { return events.Fail(failure, ""); }).most, 125);
}

TEST_F(OwnEventsTest, DoubleTheRetryWithEachFailureInARowUpToAMinute) {
  OwnEvents events = Events({.retry = absl::Seconds(3)});
  long least = 6'000;
  for (const int failures : {1, 2, 3, 4, 5, 100}) {
    const StreamFailure failure{.failures = failures};
    const Range range = RetriesOf([&] { return events.Fail(failure, ""); });
    EXPECT_GE(range.least, least) << failures;
    EXPECT_LE(range.most, least * 5 / 3 + 1) << failures;
    least = std::min(least * 2, 45'000L);
  }
  // A route whose retry is longer keeps to it.
  EXPECT_EQ(PauseAfter({.failures = 50}, absl::Minutes(3)), absl::Minutes(8));
}

TEST_F(OwnEventsTest, RaiseTheRetryToWhatTheServiceAsksFor) {
  OwnEvents events = Events({.retry = absl::Seconds(3)});
  const StreamFailure failure{.failures = 2, .service_pause = absl::Seconds(100)};
  const Range range = RetriesOf([&] { return events.Fail(failure, ""); });
  EXPECT_GE(range.least, 100'000);
  EXPECT_LE(range.most, 166'667);
}

TEST_F(OwnEventsTest, AreNoneOnNdjsonButTheError) {
  OwnEvents events = Events({.format = Format::kNdjson});
  EXPECT_EQ(events.Open("s", Resume::kGap, "x"), "");
  EXPECT_EQ(events.GapEvent({.from = "a", .to = "b", .reason = "r", .id = "b"}), "");
  EXPECT_EQ(events.Presence(3), "");
  EXPECT_EQ(events.Heartbeat(), "");
  EXPECT_EQ(events.End("x~end"), "");
  EXPECT_EQ(events.Fail({.status = {.code = absl::StatusCode::kInternal, .message = "m"}}, ""),
            "{\"error\":{\"code\":13,\"status\":\"INTERNAL\",\"message\":\"m\",\"details\":[]}}\n");
}

}  // namespace
}  // namespace sluice
