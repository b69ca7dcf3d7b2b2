// SPDX-License-Identifier: Apache-2.0
// A unary RPC answers one JSON object.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

const std::pair<std::string, std::string> kJson = {"Content-Type", "application/json"};

TEST(Unary, PostAnswersTheObject) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.method = "POST",
                                     .target = "/demo.v1.Room/Post",
                                     .headers = {kJson},
                                     .body = R"({"room":"r","member":"m","text":"hi"})"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_TRUE(absl::StartsWith(answer.ReadBody(), R"({"id":")")) << answer.body();
}

TEST(Unary, GetOnlyWhereTheMethodHasNoSideEffects) {
  TestGateway gateway;
  HttpAnswer echo(gateway.port(), {.target = "/demo.v1.Faults/Echo?text=x"});
  EXPECT_EQ(echo.status(), 200);
  EXPECT_TRUE(absl::StartsWith(echo.ReadBody(), R"({"request":{"text":"x"},)")) << echo.body();
  HttpAnswer post(gateway.port(), {.target = "/demo.v1.Room/Post?room=r"});
  EXPECT_EQ(post.status(), 405);
}

TEST(Unary, AnEmptyBodyIsAnEmptyMessageAndNeedsNoType) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.method = "POST", .target = "/demo.v1.Tokens/GetUsage"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_TRUE(absl::StartsWith(answer.ReadBody(), "{")) << answer.body();
}

TEST(Unary, AnErrorAnswersItsHttpStatus) {
  TestGateway gateway;
  HttpAnswer missing(gateway.port(), {.target = "/demo.v1.Faults/Slow?code=5&message=gone"});
  EXPECT_EQ(missing.status(), 404);
  EXPECT_EQ(missing.ReadBody(), R"({"code":5,"status":"NOT_FOUND","message":"gone","details":[]})"
                                "\n");
  HttpAnswer away(gateway.port(), {.target = "/demo.v1.Faults/Slow?code=14"});
  EXPECT_EQ(away.status(), 503);
  EXPECT_EQ(away.header("retry-after"), "3");
}

TEST(Unary, TakesAtMostItsTimeout) {
  TestGateway gateway({.yaml = "limits: {unary_timeout: 100ms}\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Slow?delay=30s"});
  EXPECT_EQ(answer.status(), 504);
  EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "DEADLINE_EXCEEDED"));
}

}  // namespace
}  // namespace sluice
