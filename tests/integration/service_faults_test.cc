// SPDX-License-Identifier: Apache-2.0
// The service may be absent, die, hang or flood: the browser is told, and the gateway goes on.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kQuick[] = "limits: {close_grace: 100ms}\n";

TEST(ServiceFaults, DyingEndsItsStreamsAndComingBackServesNewOnes) {
  TestGateway gateway({.yaml = kQuick});
  HttpAnswer before(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
  EXPECT_EQ(before.NextEvent()->name, "stream-open");
  gateway.StopService();
  ReceivedEvent last;
  while (std::optional<ReceivedEvent> event = before.NextEvent()) last = *event;
  EXPECT_EQ(last.name, "stream-error");
  EXPECT_TRUE(absl::StrContains(last.data, "\"retryable\":true")) << last.data;
  EXPECT_EQ(before.end(), HttpAnswer::End::kOpen);

  HttpAnswer absent(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
  EXPECT_EQ(absent.status(), 200);
  EXPECT_TRUE(absl::StrContains(absent.NextEvent()->data, "\"status\":\"UNAVAILABLE\""));

  gateway.StartService();
  EXPECT_TRUE(Eventually(
      [&] {
        HttpAnswer back(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
        return back.NextEvent().value_or(ReceivedEvent{}).name == "stream-open";
      },
      absl::Seconds(10)));
}

TEST(ServiceFaults, TheGatewayMayStartFirst) {
  TestGateway gateway({.yaml = kQuick, .with_service = false});
  HttpAnswer ready(gateway.ops_port(), {.target = "/readyz"});
  EXPECT_EQ(ready.status(), 503);
  EXPECT_TRUE(absl::StrContains(ready.ReadBody(), "schema of main"));
  HttpAnswer live(gateway.ops_port(), {.target = "/livez"});
  EXPECT_EQ(live.status(), 200);

  HttpAnswer early(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
  EXPECT_EQ(early.status(), 200);
  const std::optional<ReceivedEvent> error = early.NextEvent();
  EXPECT_EQ(error->name, "stream-error");
  EXPECT_TRUE(absl::StrContains(error->data, "\"reason\":\"schema_pending\"")) << error->data;
  HttpAnswer json(gateway.port(),
                  {.target = "/demo.v1.Faults/Echo", .headers = {{"Accept", "application/json"}}});
  EXPECT_EQ(json.status(), 503);

  gateway.StartService();
  EXPECT_TRUE(gateway.WaitUntilReady());
  HttpAnswer later(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
  EXPECT_EQ(later.NextEvent()->name, "stream-open");
}

TEST(ServiceFaults, HangingCostsAnOpenStreamWithHeartbeats) {
  TestGateway gateway({.yaml = "limits: {open_grace: 50ms}\n"
                               "routes: [{selector: \"*\", stream: {heartbeat: 1s}}]\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?hang=true"});
  const std::string body = answer.ReadBody(absl::Milliseconds(1500));
  EXPECT_TRUE(absl::EndsWith(body, "\n\n:\n")) << body;
  answer.peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(1)));
}

TEST(ServiceFaults, AMessageOverTheLimitEndsItsStream) {
  TestGateway gateway({.yaml = "limits: {message: 64KiB, close_grace: 100ms}\n"});
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Run?count=1&size=100000&silence_before=0.5s"});
  ReceivedEvent last;
  while (std::optional<ReceivedEvent> event = answer.NextEvent()) last = *event;
  EXPECT_EQ(last.name, "stream-error");
  EXPECT_TRUE(absl::StrContains(last.data, "\"status\":\"DATA_LOSS\"")) << last.data;
  EXPECT_TRUE(absl::StrContains(last.data, "\"retryable\":false")) << last.data;
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
  EXPECT_EQ(gateway.server().metrics().Value("unreadable_too_large", "demo.v1.Faults.Run"), 1u);
  HttpAnswer first(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&size=100000"});
  EXPECT_EQ(first.status(), 500);
}

TEST(ServiceFaults, AFloodReachesAReaderWhoKeepsUp) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=50000&size=20"});
  EXPECT_EQ(answer.WaitForEnd(absl::Seconds(60)), HttpAnswer::End::kClean);
  EXPECT_TRUE(absl::StrContains(answer.body(), "{\"sequence\":\"50000\","));
}

}  // namespace
}  // namespace sluice
