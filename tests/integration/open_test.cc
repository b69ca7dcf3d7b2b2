// SPDX-License-Identifier: Apache-2.0
// A stream opens at once, with a head and a first event that every client and proxy understands.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kThreeEvents[] = "/demo.v1.Faults/Run?count=3&size=4";

TEST(Open, HasTheHeadOfTheContract) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kThreeEvents});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-type"), "text/event-stream");
  EXPECT_EQ(answer.header("cache-control"), "no-store, no-transform");
  EXPECT_EQ(answer.header("x-accel-buffering"), "no");
  EXPECT_EQ(answer.header("vary"), "Accept, Origin");
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.header("content-length"), "");
}

TEST(Open, SendsStreamOpenThenAnEventAMessage) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kThreeEvents});
  const std::string body = answer.ReadBody();
  const size_t open_end = body.find('\n');
  int64_t retry = 0;
  ASSERT_TRUE(absl::StartsWith(body, "retry: "));
  ASSERT_TRUE(absl::SimpleAtoi(body.substr(7, open_end - 7), &retry));
  EXPECT_GE(retry, 2250);
  EXPECT_LE(retry, 3750);
  EXPECT_TRUE(absl::StartsWith(
      body.substr(open_end + 1),
      "event: stream-open\ndata: {\"stream\":\"demo.v1.Faults/Run\",\"resume\":\"fresh\"}\n\n"
      "event: FaultsEvent\ndata: {\"sequence\":\"1\",\"payload\":"))
      << body;
}

TEST(Open, NoBlockIsWithoutDataAndTheIdIsItsLastLine) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=5",
                                     .headers = {{"Last-Event-ID", "seen"}}});
  const std::string body = answer.ReadBody();
  size_t begin = 0;
  int blocks = 0;
  for (size_t end; (end = body.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
    const std::string block = body.substr(begin, end - begin);
    EXPECT_TRUE(absl::StrContains(block, "data: ")) << block;
    const size_t id = block.find("\nid: ");
    EXPECT_TRUE(id == std::string::npos || block.find('\n', id + 1) == std::string::npos) << block;
    ++blocks;
  }
  EXPECT_EQ(blocks, 7);  // stream-open, five events, stream-end
  EXPECT_EQ(begin, body.size());
}

TEST(Open, CommitsTheHeadWhenTheServiceStaysSilent) {
  TestGateway gateway({.yaml = "limits: {open_grace: 50ms}\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?hang=true"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_FALSE(answer.NextEvent(absl::Milliseconds(50)).has_value());
}

TEST(Open, CommitsTheHeadWhenTheServiceSendsHeaders) {
  TestGateway gateway({.yaml = "limits: {open_grace: 60s}\n"});
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Run?send_headers=true&silence_before=30s"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
}

TEST(Open, Http10HasNoChunksAndEndsWithTheConnection) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kThreeEvents, .minor_version = 0});
  const std::string body = answer.ReadBody();
  EXPECT_EQ(answer.header("transfer-encoding"), "");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
  EXPECT_TRUE(absl::StartsWith(body, "retry: ")) << body;
  EXPECT_TRUE(absl::EndsWith(body, "id: ~end\n\n")) << body;
}

TEST(Open, EventIsUnnamedWhereTheRequestSaysSo) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&event=message"});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_EQ(answer.NextEvent()->name, "message");
  EXPECT_EQ(answer.NextEvent()->name, "stream-end");
}

TEST(Open, PostOpensAStreamToo) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.method = "POST",
                                     .target = "/demo.v1.Faults/Run",
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = "{\"count\": 2}"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_EQ(answer.NextEvent()->data, "{\"sequence\":\"1\"}");
}

}  // namespace
}  // namespace sluice
