// SPDX-License-Identifier: Apache-2.0
// A stream that has reached its greatest age says goodbye, and the browser comes back for a new
// one.
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

TEST(MaxAge, SaysGoodbyeAtAnEventBoundary) {
  TestGateway gateway({.yaml =
                           "limits: {close_grace: 100ms}\n"
                           "routes: [{selector: demo.v1.Faults.Run, stream: {max_age: 1s}}]\n"});
  const absl::Time begin = absl::Now();
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=1000"});
  ReceivedEvent last;
  while (std::optional<ReceivedEvent> event = answer.NextEvent()) last = *event;
  const absl::Duration age = absl::Now() - begin;
  EXPECT_EQ(last.name, "stream-error");
  EXPECT_TRUE(absl::StrContains(last.data, "\"retryable\":true,\"reason\":\"max_age\"}"))
      << last.data;
  EXPECT_EQ(answer.end(), HttpAnswer::End::kOpen);
  EXPECT_GE(age, absl::Milliseconds(900));
  EXPECT_GE(*answer.retry_ms(), 6000);
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
}

}  // namespace
}  // namespace sluice
