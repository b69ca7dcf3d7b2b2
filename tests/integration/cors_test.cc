// SPDX-License-Identifier: Apache-2.0
// Pages of listed origins may read every answer; a foreign page with the user's cookie gets none.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kApp[] = "https://app.example.com";
constexpr char kYaml[] =
    "cors: {origins: [\"https://app.example.com\"], credentials: true}\n"
    "limits: {close_grace: 100ms}\n";

TEST(Cors, HeadersStandOnEveryStatus) {
  TestGateway gateway({.yaml = kYaml});
  const std::pair<TestRequest, int> cases[] = {
      {{.target = "/demo.v1.Faults/Run?count=1"}, 200},
      {{.target = "/demo.v1.Faults/Echo"}, 200},
      {{.target = "/demo.v1.Faults/Run", .headers = {{"Last-Event-ID", "~end"}}}, 204},
      {{.target = "/no/such"}, 404},
      {{.target = "/demo.v1.Faults/Run?x=1"}, 400},
      {{.method = "PUT", .target = "/demo.v1.Faults/Run"}, 405},
      {{.method = "OPTIONS", .target = "/demo.v1.Faults/Run"}, 204},
      {{.target = "/demo.v1.Faults/Run", .headers = {{"Accept", "text/html"}}}, 406},
      {{.target = "/demo.v1.Faults/Run?fail_after=0&count=1&code=5"}, 404},
  };
  for (auto [request, status] : cases) {
    request.headers.emplace_back("Origin", kApp);
    request.headers.emplace_back("Cookie", "a=b");
    HttpAnswer answer(gateway.port(), request);
    EXPECT_EQ(answer.status(), status) << request.target;
    EXPECT_EQ(answer.header("access-control-allow-origin"), kApp) << request.target;
    EXPECT_EQ(answer.header("access-control-allow-credentials"), "true");
    EXPECT_TRUE(absl::StrContains(answer.header("vary"), "Origin")) << request.target;
  }
}

TEST(Cors, HeadersStandOnWhatTheEdgeRefuses) {
  TestGateway gateway({.yaml = kYaml});
  const std::pair<TestRequest, int> cases[] = {
      {{.target = "no-slash", .headers = {{"Origin", kApp}}}, 400},
      {{.target = "/", .headers = {{"Origin", kApp}, {"Cookie", std::string(20'000, 'x')}}}, 431},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Echo",
        .headers = {{"Origin", kApp}},
        .body = std::string(1'100'000, ' ')},
       413},
  };
  for (const auto& [request, status] : cases) {
    HttpAnswer answer(gateway.port(), request);
    EXPECT_EQ(answer.status(), status);
    EXPECT_EQ(answer.header("access-control-allow-origin"), kApp) << status;
    EXPECT_EQ(answer.header("access-control-allow-credentials"), "true") << status;
  }
}

TEST(Cors, AnswersThePreflight) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer answer(gateway.port(),
                    {.method = "OPTIONS",
                     .target = "/demo.v1.Room/Join",
                     .headers = {{"Origin", kApp},
                                 {"Access-Control-Request-Method", "GET"},
                                 {"Access-Control-Request-Headers", "last-event-id"}}});
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.header("access-control-allow-origin"), kApp);
  EXPECT_EQ(answer.header("access-control-allow-methods"), "GET, POST, OPTIONS");
  EXPECT_TRUE(absl::StrContains(answer.header("access-control-allow-headers"), "Last-Event-ID"));
  EXPECT_EQ(answer.header("access-control-max-age"), "600");
}

TEST(Cors, AForeignPageWithACookieIsRefusedBeforeTheRpc) {
  TestGateway gateway({.yaml = kYaml});
  for (const char* id : {"", "~end"}) {
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1",
                                       .headers = {{"Origin", "https://evil.example"},
                                                   {"Cookie", "a=b"},
                                                   {"Last-Event-ID", id}}});
    EXPECT_EQ(answer.status(), 403);
    EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "https://evil.example"));
    EXPECT_EQ(answer.header("access-control-allow-origin"), "");
  }
  EXPECT_EQ(gateway.refused("foreign_origin"), 2u);
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 0);
}

TEST(Cors, AForeignPageWithoutACookieIsServedButCannotRead) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1",
                                     .headers = {{"Origin", "https://evil.example"}}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("access-control-allow-origin"), "");
}

}  // namespace
}  // namespace sluice
