// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/exposition.h"

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

class ExpositionTest : public testing::Test {
 protected:
  std::string Text() {
    return Exposition(metrics_,
                      [this] {
                        return Exposition::Process{
                            .ready = true, .version = "1.2.3", .topics = topics_};
                      })
        .ToText();
  }
  MethodMeter& Watch() { return metrics_.Method("t.Feed.Watch", MethodMeter::Kind::kStream); }

  Metrics metrics_;
  std::vector<Hub::Shown> topics_;
};

TEST_F(ExpositionTest, AddsUpWhatTheLoopsCounted) {
  for (const size_t loop : {0, 1}) {
    MethodCounts& counts = Watch().OnLoop(loop);
    counts.opened.Add(3);
    counts.CountEnd(StreamEnd::kGone);
    counts.CountCall(absl::StatusCode::kCancelled);
    counts.events.Add(10);
    counts.bytes.Add(1000);
    counts.first_event_micros.Add(20'000);
  }
  const std::string text = Text();
  for (const char* line :
       {"# TYPE sluice_streams_open gauge\n", "sluice_streams_open{method=\"t.Feed.Watch\"} 4\n",
        "sluice_streams_opened_total{method=\"t.Feed.Watch\"} 6\n",
        "sluice_streams_ended_total{method=\"t.Feed.Watch\",reason=\"gone\"} 2\n",
        "sluice_events_total{method=\"t.Feed.Watch\"} 20\n",
        "sluice_event_bytes_total{method=\"t.Feed.Watch\"} 2000\n",
        "sluice_upstream_calls_total{method=\"t.Feed.Watch\",code=\"CANCELLED\"} 2\n",
        "sluice_first_event_seconds_bucket{method=\"t.Feed.Watch\",le=\"0.01\"} 0\n",
        "sluice_first_event_seconds_bucket{method=\"t.Feed.Watch\",le=\"0.025\"} 2\n",
        "sluice_first_event_seconds_bucket{method=\"t.Feed.Watch\",le=\"+Inf\"} 2\n",
        "sluice_first_event_seconds_sum{method=\"t.Feed.Watch\"} 0.04\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ExpositionTest, GivesAnUnaryMethodARowOfItsOwn) {
  MethodCounts& counts = metrics_.Method("t.Feed.Get", MethodMeter::Kind::kUnary).OnLoop(0);
  counts.opened.Add();
  counts.CountEnd(StreamEnd::kOk);
  EXPECT_THAT(Text(), HasSubstr("sluice_unary_calls_total{method=\"t.Feed.Get\",reason=\"ok\"} 1"));
  EXPECT_THAT(Text(), Not(HasSubstr("sluice_streams_open{method=\"t.Feed.Get\"}")));
}

TEST_F(ExpositionTest, HasNoRowForAMethodThatNobodyAskedFor) {
  Watch();
  metrics_.GetCounter("large_events", "t.Feed.Watch");
  EXPECT_THAT(Text(), Not(HasSubstr("Watch")));
}

TEST_F(ExpositionTest, AddsUpTheTopicsOfAMethod) {
  topics_ = {{.name = "t.Feed/Watch", .subscribers = 3, .events = 1, .bytes = 100},
             {.name = "t.Feed/Watch", .subscribers = 4, .events = 1, .bytes = 20},
             {.name = "t.Feed/Other", .subscribers = 0, .events = 1, .bytes = 3, .ended = true}};
  const std::string text = Text();
  for (const char* line : {"sluice_topics{method=\"t.Feed.Watch\"} 2\n",
                           "sluice_topic_subscribers{method=\"t.Feed.Watch\"} 7\n",
                           "sluice_topics{method=\"t.Feed.Other\"} 1\n",
                           "sluice_topic_subscribers{method=\"t.Feed.Other\"} 0\n",
                           "sluice_event_log_bytes{streams=\"shared\"} 123\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ExpositionTest, JoinsTheRefusalsOfBothStages) {
  metrics_.GetCounter("edge_refused", "head_too_large").Add(2);
  metrics_.GetCounter("relay_refused", "unknown_path").Add(3);
  const std::string text = Text();
  EXPECT_THAT(
      text,
      HasSubstr("sluice_requests_refused_total{stage=\"edge\",reason=\"head_too_large\"} 2\n"));
  EXPECT_THAT(
      text,
      HasSubstr("sluice_requests_refused_total{stage=\"relay\",reason=\"unknown_path\"} 3\n"));
}

TEST_F(ExpositionTest, SaysHowTheProcessIs) {
  LoopMeter& loop = metrics_.AddLoop();
  loop.connections.Set(7);
  loop.lag_micros.Add(6000);
  loop.log_bytes_held.Add(100);
  const std::string text = Text();
  for (const char* line :
       {"sluice_ready 1\n", "sluice_build_info{version=\"1.2.3\"} 1\n",
        "sluice_connections_open 7\n", "sluice_event_log_bytes{streams=\"private\"} 100\n",
        "sluice_event_log_bytes{streams=\"shared\"} 0\n",
        "sluice_loop_lag_seconds_bucket{loop=\"0\",le=\"0.01\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ExpositionTest, ShowsACounterThatNobodyHasDescribed) {
  metrics_.GetCounter("of_tomorrow", "x").Add();
  EXPECT_THAT(Text(), HasSubstr("sluice_of_tomorrow_total{label=\"x\"} 1\n"));
}

}  // namespace
}  // namespace sluice
