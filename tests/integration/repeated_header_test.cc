// SPDX-License-Identifier: Apache-2.0
// A library adds headers to its caller's, a proxy to both: each has one meaning, for everybody.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr char kTrace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kOlderTrace[] = "00-0af7651916cd43dd8448eb211c80319c-0000000000000001-01";

std::string Seen(TestGateway& gateway, Headers headers) {
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Echo", .headers = std::move(headers)});
  EXPECT_EQ(answer.status(), 200);
  return answer.ReadBody();
}

TEST(RepeatedHeader, TheNewestTraceAndRequestIdAreThoseOfTheAnswerAndOfTheService) {
  TestGateway gateway;
  for (const Headers& traces :
       {Headers{{"traceparent", kOlderTrace}, {"traceparent", kTrace}},
        Headers{{"traceparent", absl::StrCat(kOlderTrace, ", ", kTrace)}}}) {
    Headers headers = traces;
    headers.insert(headers.end(), {{"X-Request-Id", "caller"}, {"X-Request-Id", "proxy"}});
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Echo", .headers = headers});
    EXPECT_EQ(answer.header("traceparent"), kTrace);
    EXPECT_EQ(answer.header("x-request-id"), "proxy");
    const std::string seen = answer.ReadBody();
    EXPECT_TRUE(absl::StrContains(seen, absl::StrCat("\"traceparent\":\"", kTrace, "\""))) << seen;
    EXPECT_TRUE(absl::StrContains(seen, "\"x-request-id\":\"proxy\"")) << seen;
  }
}

TEST(RepeatedHeader, TheSameAuthorizationIsForwardedOnceAndTwoAreRefused) {
  TestGateway gateway;
  EXPECT_TRUE(absl::StrContains(
      Seen(gateway, {{"Authorization", "Bearer x"}, {"Authorization", "Bearer x"}}),
      "\"authorization\":\"Bearer x\""));
  HttpAnswer two(gateway.port(),
                 {.target = "/demo.v1.Faults/Echo",
                  .headers = {{"Authorization", "Bearer x"}, {"Authorization", "Bearer y"}}});
  EXPECT_EQ(two.status(), 400);
  EXPECT_TRUE(absl::StrContains(two.ReadBody(), "two authorization headers")) << two.body();
  EXPECT_EQ(gateway.refused("bad_header"), 1u);
}

TEST(RepeatedHeader, AcceptIsOneListAndCacheControlSaysNothing) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1",
                                     .headers = {{"Accept", "text/html"},
                                                 {"Accept", "text/event-stream"},
                                                 {"Cache-Control", "no-cache"},
                                                 {"Cache-Control", "no-store"}}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-type"), "text/event-stream");
}

TEST(RepeatedHeader, TheNewestLastEventIdEndsAStreamThatIsOver) {
  TestGateway gateway;
  for (const Headers& ids : {Headers{{"Last-Event-ID", "7"}, {"Last-Event-ID", "9~end"}},
                             Headers{{"Last-Event-ID", "7, 9~end"}},
                             Headers{{"Last-Event-ID", "9~end"}, {"Last-Event-ID", ""}}}) {
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1", .headers = ids});
    EXPECT_EQ(answer.status(), 204);
  }
  HttpAnswer by_query(gateway.port(),
                      {.target = "/demo.v1.Faults/Run?lastEventId=7&count=1&lastEventId=9~end"});
  EXPECT_EQ(by_query.status(), 204);
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 0);
}

TEST(RepeatedHeader, OfTwoOriginsNoneIsBelieved) {
  TestGateway gateway({.yaml = "cors: {origins: [\"https://app.example.com\"]}\n"});
  HttpAnswer same(gateway.port(), {.target = "/demo.v1.Faults/Echo",
                                   .headers = {{"Origin", "https://app.example.com"},
                                               {"Origin", "https://app.example.com"}}});
  EXPECT_EQ(same.header("access-control-allow-origin"), "https://app.example.com");
  HttpAnswer two(gateway.port(), {.target = "/demo.v1.Faults/Echo",
                                  .headers = {{"Origin", "https://app.example.com"},
                                              {"Origin", "https://evil.example"},
                                              {"Cookie", "a=b"}}});
  EXPECT_EQ(two.status(), 403);
}

}  // namespace
}  // namespace sluice
