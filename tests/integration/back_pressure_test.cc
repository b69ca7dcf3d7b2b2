// SPDX-License-Identifier: Apache-2.0
// A browser that does not read stops its service, costs a bounded amount of memory, and loses
// nothing.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// Waits until the service has stopped sending; the number of messages that it has sent by then.
long SentWhenStalled(TestGateway& gateway) {
  long before = -1;
  Eventually(
      [&] {
        const long now = gateway.service().messages_sent();
        const bool stalled = now == before && now > 0;
        before = now;
        if (!stalled) absl::SleepFor(absl::Milliseconds(300));
        return stalled;
      },
      absl::Seconds(20));
  return before;
}

TEST(BackPressure, StopsTheServiceAndLosesNothing) {
  TestGateway gateway;
  constexpr int kCount = 20'000;
  auto peer =
      std::make_shared<TcpPeer>(gateway.port(), TcpPeer::Options{.receive_buffer_bytes = 4096});
  HttpAnswer answer(peer, {.target = absl::StrCat("/demo.v1.Faults/Run?size=1000&count=", kCount)});
  ASSERT_EQ(answer.status(), 200);
  const long stalled_at = SentWhenStalled(gateway);
  EXPECT_LT(stalled_at, kCount / 4);

  uint64_t expected = 1;
  while (std::optional<ReceivedEvent> event = answer.NextEvent(absl::Seconds(20))) {
    if (event->name != "FaultsEvent") continue;
    uint64_t sequence = 0;
    const std::string number = event->data.substr(13, event->data.find('"', 13) - 13);
    ASSERT_TRUE(absl::SimpleAtoi(number, &sequence)) << event->data.substr(0, 40);
    ASSERT_EQ(sequence, expected);
    ++expected;
  }
  EXPECT_EQ(expected, kCount + 1u);
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
}

TEST(BackPressure, AStalledBrowserDoesNotSlowOthers) {
  TestGateway gateway;
  std::vector<std::unique_ptr<HttpAnswer>> stalled;
  for (int i = 0; i < 20; ++i) {
    stalled.push_back(std::make_unique<HttpAnswer>(
        std::make_shared<TcpPeer>(gateway.port(), TcpPeer::Options{.receive_buffer_bytes = 4096}),
        TestRequest{.target = "/demo.v1.Faults/Run?size=1000"}));
    ASSERT_EQ(stalled.back()->status(), 200);
  }
  HttpAnswer lively(gateway.port(), {.target = "/demo.v1.Faults/Run?count=100&rate=1000"});
  EXPECT_EQ(lively.WaitForEnd(absl::Seconds(10)), HttpAnswer::End::kClean);
  for (const auto& answer : stalled) answer->peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
}

TEST(BackPressure, AStalledBrowserThatLeavesFreesItsRpc) {
  TestGateway gateway;
  HttpAnswer answer(
      std::make_shared<TcpPeer>(gateway.port(), TcpPeer::Options{.receive_buffer_bytes = 4096}),
      TestRequest{.target = "/demo.v1.Faults/Run?size=1000"});
  ASSERT_EQ(answer.status(), 200);
  SentWhenStalled(gateway);
  EXPECT_EQ(gateway.service().open_streams(), 1);
  answer.peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

}  // namespace
}  // namespace sluice
