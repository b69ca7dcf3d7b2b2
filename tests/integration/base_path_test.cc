// SPDX-License-Identifier: Apache-2.0
// With a base path everything that browsers see is under it, and what is not says so.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kYaml[] =
    "base_path: /live/v1\n"
    "limits: {close_grace: 100ms}\n"
    "cors: {origins: [\"https://app.example.com\"]}\n";
constexpr char kApp[] = "https://app.example.com";

TEST(BasePath, StandsBeforeStreamsAndCalls) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer stream(gateway.port(), {.target = "/live/v1/demo.v1.Faults/Run?count=1"});
  EXPECT_EQ(stream.status(), 200);
  const std::optional<ReceivedEvent> open = stream.NextEvent();
  ASSERT_TRUE(open.has_value());
  EXPECT_TRUE(absl::StrContains(open->data, "\"stream\":\"demo.v1.Faults/Run\"")) << open->data;
  HttpAnswer call(gateway.port(), {.method = "POST", .target = "/live/v1/demo.v1.Faults/Echo"});
  EXPECT_EQ(call.status(), 200);
  HttpAnswer ended(gateway.port(), {.target = "/live/v1/demo.v1.Faults/Run",
                                    .headers = {{"Last-Event-ID", "~end"}}});
  EXPECT_EQ(ended.status(), 204);
}

TEST(BasePath, WhatIsOutsideIsNotFoundAndPagesMayReadWhy) {
  TestGateway gateway({.yaml = kYaml});
  for (const char* target : {"/demo.v1.Faults/Run", "/live/v10/demo.v1.Faults/Run", "/live",
                             "/LIVE/v1/demo.v1.Faults/Run", "/"}) {
    HttpAnswer answer(gateway.port(), {.target = target, .headers = {{"Origin", kApp}}});
    EXPECT_EQ(answer.status(), 404) << target;
    EXPECT_EQ(answer.header("access-control-allow-origin"), kApp) << target;
    EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "everything here is under /live/v1"))
        << answer.body();
  }
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 0);
}

TEST(BasePath, APreflightUnderItNamesTheVerbsOfTheMethod) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer answer(gateway.port(),
                    {.method = "OPTIONS",
                     .target = "/live/v1/demo.v1.Faults/Run",
                     .headers = {{"Origin", kApp}, {"Access-Control-Request-Method", "GET"}}});
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.header("access-control-allow-methods"), "GET, POST, OPTIONS");
}

TEST(BasePath, TheOperatorsPageShowsPathsAsBrowsersAskForThem) {
  TestGateway gateway({.yaml = kYaml});
  EXPECT_TRUE(absl::StrContains(gateway.Page("/routes"), "\"/live/v1/demo.v1.Faults/Run\""));
}

TEST(BasePath, AReloadMovesIt) {
  TestGateway gateway({.yaml = kYaml});
  ASSERT_TRUE(gateway.Reload("base_path: /next\n"));
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/live/v1/demo.v1.Faults/Echo"}).status(), 404);
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/next/demo.v1.Faults/Echo"}).status(), 200);
}

}  // namespace
}  // namespace sluice
