// SPDX-License-Identifier: Apache-2.0
// A gateway that stops tells every browser to come back, at an event boundary.
#include <thread>

#include "absl/strings/match.h"
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
  std::thread drain([&] { gateway.server().Drain(); });
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

TEST(Drain, RefusesNewConnectionsAndTurnsAwayNewRequests) {
  TestGateway gateway({.yaml = "limits: {close_grace: 1s}\n"});
  HttpAnswer held(gateway.port(), {.target = "/demo.v1.Faults/Slow?delay=0.5s"});
  ASSERT_TRUE(Eventually([&] { return gateway.service().open_unary() == 1; }));
  std::thread drain([&] { gateway.server().Drain(); });
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
  gateway.server().Drain();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace sluice
