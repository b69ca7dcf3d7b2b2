// SPDX-License-Identifier: Apache-2.0
// A silent connection gets a heartbeat, so that proxies and browsers see that it lives.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kSilent[] = "/demo.v1.Faults/Run?send_headers=true&silence_before=60s";

std::string BodyOf(const std::string& yaml, const std::string& target) {
  TestGateway gateway({.yaml = yaml});
  HttpAnswer answer(gateway.port(), {.target = target});
  return answer.ReadBody(absl::Milliseconds(2500));
}

TEST(Heartbeat, IsACommentLineAfterSilence) {
  const std::string body =
      BodyOf("routes: [{selector: \"*\", stream: {heartbeat: 1s}}]\n", kSilent);
  EXPECT_TRUE(absl::EndsWith(body, "\"fresh\"}\n\n:\n:\n")) << body;
}

TEST(Heartbeat, IsAnEventWhereTheAuthorSaysSo) {
  const std::string body = BodyOf(
      "routes: [{selector: \"*\", stream: {heartbeat: 1s, heartbeat_event: true}}]\n", kSilent);
  EXPECT_TRUE(absl::StrContains(body, "\n\nevent: stream-heartbeat\ndata: {}\n\n")) << body;
}

TEST(Heartbeat, IsNotSentWhileEventsFlow) {
  const std::string body = BodyOf("routes: [{selector: \"*\", stream: {heartbeat: 1s}}]\n",
                                  "/demo.v1.Faults/Run?rate=5");
  EXPECT_FALSE(absl::StrContains(body, "\n:\n")) << body;
}

TEST(Heartbeat, IsNeverSentWhereItIsZeroOrOnNdjson) {
  EXPECT_TRUE(absl::EndsWith(
      BodyOf("routes: [{selector: \"*\", stream: {heartbeat: 0s}}]\n", kSilent), "\"fresh\"}\n\n"));
  EXPECT_EQ(BodyOf("routes: [{selector: \"*\", stream: {heartbeat: 1s}}]\n",
                   std::string(kSilent) + "&alt=ndjson"),
            "");
}

}  // namespace
}  // namespace sluice
