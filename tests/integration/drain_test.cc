// SPDX-License-Identifier: Apache-2.0
// A gateway that stops tells every browser to come back, at an event boundary.
#include <atomic>
#include <optional>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

TEST(Drain, SaysGoodbyeToEveryStreamInTheMiddleOfABurst) {
  TestGateway gateway({.yaml = "limits: {close_grace: 200ms}\n"});
  std::vector<std::unique_ptr<HttpAnswer>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=2000&size=50"}));
    ASSERT_EQ(answers.back()->NextEvent()->name, "stream-open");
  }
  std::thread drain([&] { gateway.server().Drain({}); });
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->WaitForEnd(absl::Seconds(10)), HttpAnswer::End::kOpen);
    EXPECT_TRUE(absl::EndsWith(answer->body(), "\"retryable\":true,\"reason\":\"drain\"}\n\n"));
    ReceivedEvent last;
    while (std::optional<ReceivedEvent> event = answer->NextEvent()) last = *event;
    EXPECT_EQ(last.name, "stream-error");
    EXPECT_GE(*answer->retry_ms(), 6000);
  }
  drain.join();
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
}

// The last block of what one browser got.
void ExpectGoodbye(absl::string_view goodbye) {
  EXPECT_TRUE(absl::StartsWith(goodbye, "retry: ")) << goodbye;
  EXPECT_TRUE(absl::StrContains(goodbye, "\nevent: stream-error\ndata: {\"code\":14,")) << goodbye;
}

// What one browser got: whole events with the next number each, then the goodbye, and not a byte
// more.
void ExpectWholeEvents(const std::string& body) {
  const std::vector<absl::string_view> blocks = absl::StrSplit(body, "\n\n");
  ASSERT_GE(blocks.size(), 3u);
  EXPECT_EQ(blocks.back(), "");
  ExpectGoodbye(blocks[blocks.size() - 2]);
  for (size_t i = 1; i + 2 < blocks.size(); ++i) {
    const std::string begin =
        absl::StrCat("event: FaultsEvent\ndata: {\"sequence\":\"", i, "\",\"payload\":\"");
    ASSERT_TRUE(absl::StartsWith(blocks[i], begin)) << blocks[i];
    ASSERT_EQ(blocks[i].size(), begin.size() + 300 + 2) << blocks[i];
    ASSERT_TRUE(absl::EndsWith(blocks[i], "\"}")) << blocks[i];
  }
}

// The same of a shared stream: the numbers go up by one from wherever it came in.
void ExpectWholeSharedEvents(const std::string& body) {
  const std::vector<absl::string_view> blocks = absl::StrSplit(body, "\n\n");
  ASSERT_GE(blocks.size(), 3u);
  EXPECT_EQ(blocks.back(), "");
  ExpectGoodbye(blocks[blocks.size() - 2]);
  uint64_t number = 0;
  for (size_t i = 1; i + 2 < blocks.size(); ++i) {
    EventParser parser;
    std::vector<ReceivedEvent> events;
    ASSERT_TRUE(parser
                    .Feed(absl::StrCat(blocks[i], "\n\n"),
                          [&events](const ReceivedEvent& event) { events.push_back(event); })
                    .ok());
    ASSERT_EQ(events.size(), 1u) << blocks[i];
    ASSERT_EQ(events[0].name, "FaultsEvent") << blocks[i];
    ASSERT_TRUE(absl::EndsWith(events[0].data, "\"}")) << blocks[i];
    if (number != 0) {
      ASSERT_EQ(SequenceOf(events[0]), number + 1);
    }
    number = SequenceOf(events[0]);
  }
}

// Streams that are said goodbye to, one after the other.
class DrainSpread : public testing::Test {
 protected:
  static constexpr int kStreams = 40;

  void Open(const std::string& yaml) {
    gateway_.emplace(TestGateway::Options{.yaml = yaml});
    for (int i = 0; i < kStreams; ++i) {
      answers_.push_back(std::make_unique<HttpAnswer>(
          gateway_->port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=200&size=300"}));
      ASSERT_EQ(answers_.back()->NextEvent()->name, "stream-open");
    }
  }

  // Drains over two seconds while every browser reads to its end.
  void Drain() {
    const absl::Time begin = absl::Now();
    std::atomic<bool> drained{false};
    std::thread drain([&] {
      gateway_->server().Drain({.window = absl::Seconds(2)});
      drained = true;
    });
    std::thread watch([&] {
      for (; !drained; absl::SleepFor(absl::Milliseconds(10))) open_.insert(Count());
    });
    std::vector<std::thread> browsers;
    for (const auto& answer : answers_) {
      browsers.emplace_back([&answer] { answer->WaitForEnd(absl::Seconds(20)); });
    }
    for (std::thread& browser : browsers) browser.join();
    drain.join();
    watch.join();
    for (const auto& answer : answers_) {
      EXPECT_EQ(answer->end(), HttpAnswer::End::kOpen);
      retries_.insert(*answer->retry_ms());
    }
    EXPECT_GT(absl::Now() - begin, absl::Milliseconds(1500));
  }

  // Open streams, as the gateway counts them.
  int64_t Count() {
    int64_t open = 0;
    gateway_->server()
        .metrics()
        .Method("demo.v1.Faults.Run", MethodMeter::Kind::kStream)
        .ForEachLoop([&open](const MethodCounts& counts) {
          for (const LoopCounter& end : counts.ended) open -= end.value();
          open += counts.opened.value();
        });
    return open;
  }

  std::optional<TestGateway> gateway_;
  std::vector<std::unique_ptr<HttpAnswer>> answers_;
  std::set<int64_t> open_;     // the numbers of open streams that were seen
  std::set<int64_t> retries_;  // what the goodbyes said
};

TEST_F(DrainSpread, LeavesNoHalfEventInTheMiddleOfABurst) {
  Open("limits: {close_grace: 1s}\n");
  Drain();
  for (const auto& answer : answers_) ExpectWholeEvents(answer->body());
  EXPECT_GE(open_.size(), 5u);  // neither all at once nor in a few heaps
  EXPECT_GE(retries_.size(), 10u);
}

TEST_F(DrainSpread, SpreadsTheBrowsersOfOneSharedStreamJustSo) {
  Open(
      "limits: {close_grace: 1s}\n"
      "routes: [{selector: demo.v1.Faults.Run, stream: {share: {history: {events: 20000}}}}]\n");
  EXPECT_EQ(gateway_->service().calls("/demo.v1.Faults/Run"), 1);
  Drain();
  for (const auto& answer : answers_) ExpectWholeSharedEvents(answer->body());
  EXPECT_GE(open_.size(), 5u);
  EXPECT_GE(retries_.size(), 10u);
}

TEST(Drain, EndsAsSoonAsTheLastStreamIsGone) {
  TestGateway gateway;
  const absl::Time begin = absl::Now();
  gateway.server().Drain({.window = absl::Seconds(25)});
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST(Drain, RefusesNewConnectionsAndTurnsAwayNewRequests) {
  TestGateway gateway({.yaml = "limits: {close_grace: 1s}\n"});
  HttpAnswer held(gateway.port(), {.target = "/demo.v1.Faults/Slow?delay=0.5s"});
  ASSERT_TRUE(Eventually([&] { return gateway.service().open_unary() == 1; }));
  std::thread drain([&] { gateway.server().Drain({}); });
  EXPECT_EQ(held.status(), 200);  // what runs is finished
  drain.join();
  HttpAnswer ready(gateway.ops_port(), {.target = "/readyz"});
  EXPECT_EQ(ready.status(), 503);
  EXPECT_TRUE(absl::StrContains(ready.ReadBody(), "draining"));
}

TEST(Drain, AReaderThatStalledDoesNotHoldItUpForLong) {
  TestGateway gateway({.yaml = "limits: {close_grace: 100ms}\n"});
  HttpAnswer stalled(
      std::make_shared<TcpPeer>(gateway.port(), TcpPeer::Options{.receive_buffer_bytes = 4096}),
      TestRequest{.target = "/demo.v1.Faults/Run?size=1000"});
  ASSERT_EQ(stalled.status(), 200);
  const absl::Time begin = absl::Now();
  gateway.server().Drain({});
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace sluice
