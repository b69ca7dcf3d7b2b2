// SPDX-License-Identifier: Apache-2.0
// A stream that is declared endless never tells a browser to stay away.
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kEndlessRun[] =
    "limits: {close_grace: 100ms}\n"
    "routes: [{selector: demo.v1.Faults.Run, stream: {endless: true, end_retry: 100s}}]\n";

TEST(EndlessEnd, AnOkEndIsOpenAndWithoutAnEndId) {
  TestGateway gateway({.yaml = kEndlessRun});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_EQ(answer.NextEvent()->name, "FaultsEvent");
  const std::optional<ReceivedEvent> end = answer.NextEvent();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->name, "stream-end");
  EXPECT_EQ(end->last_event_id, "");
  EXPECT_GE(*answer.retry_ms(), 75'000);
  EXPECT_EQ(answer.end(), HttpAnswer::End::kNotYet);  // the end comes later than the last event
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kOpen);
}

TEST(EndlessEnd, TheOpenEndWaitsForItsGrace) {
  TestGateway gateway({.yaml = kEndlessRun});
  HttpAnswer one(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
  while (one.NextEvent()->name != "stream-end") {
  }
  const absl::Time last_event = absl::Now();
  EXPECT_EQ(one.WaitForEnd(), HttpAnswer::End::kOpen);
  EXPECT_GE(absl::Now() - last_event, absl::Milliseconds(80));
}

}  // namespace
}  // namespace sluice
