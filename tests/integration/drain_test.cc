// SPDX-License-Identifier: Apache-2.0
// A gateway that stops tells every browser to come back, at an event boundary.
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
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

// What one browser got: whole events with the next number each, then the goodbye, and not a byte
// more.
void ExpectWholeEvents(const std::string& body) {
  const std::vector<absl::string_view> blocks = absl::StrSplit(body, "\n\n");
  ASSERT_GE(blocks.size(), 3u);
  EXPECT_EQ(blocks.back(), "");
  const absl::string_view goodbye = blocks[blocks.size() - 2];
  EXPECT_TRUE(absl::StartsWith(goodbye, "retry: ")) << goodbye;
  EXPECT_TRUE(absl::StrContains(goodbye, "\nevent: stream-error\ndata: {\"code\":14,")) << goodbye;
  for (size_t i = 1; i + 2 < blocks.size(); ++i) {
    const std::string begin =
        absl::StrCat("event: FaultsEvent\ndata: {\"sequence\":\"", i, "\",\"payload\":\"");
    ASSERT_TRUE(absl::StartsWith(blocks[i], begin)) << blocks[i];
    ASSERT_EQ(blocks[i].size(), begin.size() + 300 + 2) << blocks[i];
    ASSERT_TRUE(absl::EndsWith(blocks[i], "\"}")) << blocks[i];
  }
}

TEST(Drain, SpreadOverAWindowLeavesNoHalfEventInTheMiddleOfABurst) {
  TestGateway gateway({.yaml = "limits: {close_grace: 100ms}\n"});
  std::vector<std::unique_ptr<HttpAnswer>> answers;
  for (int i = 0; i < 40; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=500&size=300"}));
    ASSERT_EQ(answers.back()->NextEvent()->name, "stream-open");
  }
  const absl::Time begin = absl::Now();
  std::thread drain([&] { gateway.server().Drain({.window = absl::Seconds(2)}); });
  absl::SleepFor(absl::Seconds(1));
  const int halfway = gateway.service().open_streams();
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->WaitForEnd(absl::Seconds(10)), HttpAnswer::End::kOpen);
    ExpectWholeEvents(answer->body());
  }
  drain.join();
  EXPECT_GT(absl::Now() - begin, absl::Milliseconds(1500));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(6));
  EXPECT_GT(halfway, 5);
  EXPECT_LT(halfway, 35);
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
