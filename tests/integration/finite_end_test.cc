// SPDX-License-Identifier: Apache-2.0
// A stream that ended is not run again: the browser that comes back is told so by 204, without an
// RPC.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";
constexpr char kTwoEvents[] = "/demo.v1.Faults/Run?count=2";

TEST(FiniteEnd, EndsCleanWithAnEndId) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kTwoEvents});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer.NextEvent().has_value());
  const std::optional<ReceivedEvent> end = answer.NextEvent();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->name, "stream-end");
  EXPECT_EQ(end->data, "{\"code\":0,\"status\":\"OK\"}");
  EXPECT_EQ(end->last_event_id, "~end");
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kClean);
  EXPECT_GE(*answer.retry_ms(), 2250);
  EXPECT_LE(*answer.retry_ms(), 3750);
}

TEST(FiniteEnd, TheConnectionServesTheNextRequest) {
  TestGateway gateway;
  HttpAnswer first(gateway.port(), {.target = kTwoEvents});
  EXPECT_EQ(first.WaitForEnd(), HttpAnswer::End::kClean);
  HttpAnswer second(first.shared_peer(), {.target = kTwoEvents});
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(second.WaitForEnd(), HttpAnswer::End::kClean);
}

TEST(FiniteEnd, ComingBackIsAnswered204FromTheIdAlone) {
  TestGateway gateway;
  const int calls = gateway.service().calls(kRun);
  const TestRequest requests[] = {
      {.target = kTwoEvents, .headers = {{"Last-Event-ID", "~end"}}},
      {.target = kTwoEvents, .headers = {{"Last-Event-ID", "k7q2-1042~end"}}},
      {.target = "/demo.v1.Faults/Run?lastEventId=7~end"},
      {.target = "/demo.v1.Faults/Run?lastEventId=7~end", .headers = {{"Last-Event-ID", ""}}},
      {.target = "/demo.v1.Faults/Run?no_such_field=1", .headers = {{"Last-Event-ID", "~end"}}},
      {.method = "POST",
       .target = kRun,
       .headers = {{"Last-Event-ID", "~end"}},
       .body = "not json"},
      {.target = "/demo.v1.Faults/Run?a=%zz", .headers = {{"Last-Event-ID", "~end"}}},
      {.target = "/demo.v1.Uploads/Watch", .headers = {{"Last-Event-ID", "~end"}}},
  };
  for (const TestRequest& request : requests) {
    HttpAnswer answer(gateway.port(), request);
    EXPECT_EQ(answer.status(), 204) << request.ToBytes();
    EXPECT_EQ(answer.header("content-length"), "");
  }
  EXPECT_EQ(gateway.service().calls(kRun), calls);
  EXPECT_EQ(gateway.server().metrics().Value("ended_streams_not_run_again"), std::size(requests));
}

TEST(FiniteEnd, TheHeaderCountsBeforeTheParameter) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&lastEventId=7~end",
                                     .headers = {{"Last-Event-ID", "6"}}});
  EXPECT_EQ(answer.status(), 200);
}

TEST(FiniteEnd, OnlyStreamsThatExistAnswer204) {
  TestGateway gateway;
  HttpAnswer unknown(gateway.port(),
                     {.target = "/no.Such/Stream", .headers = {{"Last-Event-ID", "~end"}}});
  EXPECT_EQ(unknown.status(), 404);
  HttpAnswer unary(gateway.port(),
                   {.target = "/demo.v1.Faults/Echo", .headers = {{"Last-Event-ID", "~end"}}});
  EXPECT_EQ(unary.status(), 200);
}

TEST(FiniteEnd, AStreamWithoutAnyMessageOpensAndEnds) {
  TestGateway gateway({.yaml = "limits: {open_grace: 60s}\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Tokens/Generate?max_tokens=0"});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  while (std::optional<ReceivedEvent> event = answer.NextEvent()) {
    EXPECT_EQ(event->last_event_id, event->name == "stream-end" ? "~end" : "");
  }
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
}

}  // namespace
}  // namespace sluice
