// SPDX-License-Identifier: Apache-2.0
// The operators' port says how the process is, and never stands in the way of a stream.
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Json = nlohmann::json;

int Status(const TestGateway& gateway, const std::string& path, const std::string& verb = "GET") {
  return HttpAnswer(gateway.ops_port(), {.method = verb, .target = path}).status();
}

TEST(Ops, SaysThatItLivesHasStartedAndIsReady) {
  TestGateway gateway;
  for (const char* path : {"/livez", "/startupz", "/readyz", "/metrics", "/status", "/routes"}) {
    EXPECT_EQ(Status(gateway, path), 200) << path;
    EXPECT_EQ(Status(gateway, path, "POST"), 405) << path;
    EXPECT_EQ(HttpAnswer(gateway.port(), {.target = path}).status(), 404) << path;
  }
  EXPECT_EQ(Status(gateway, "/"), 404);
  EXPECT_EQ(HttpAnswer(gateway.ops_port(), {.method = "PUT", .target = "/livez"}).header("allow"),
            "GET, HEAD");
}

TEST(Ops, WithoutAnyServiceItLivesAndHasStartedButIsNotReady) {
  TestGateway gateway({.yaml = "", .with_service = false});
  EXPECT_EQ(Status(gateway, "/livez"), 200);
  EXPECT_EQ(Status(gateway, "/startupz"), 200);
  EXPECT_EQ(Status(gateway, "/readyz"), 503);
  EXPECT_EQ(gateway.Page("/readyz"),
            "{\"ready\":false,\"reasons\":[\"the schema of main is not known yet\"]}\n");
}

TEST(Ops, OneServiceOfTwoThatIsAwayLeavesItReady) {
  TestGateway gateway({.yaml = "upstreams: {away: {target: \"127.0.0.1:1\"}}\n"});
  EXPECT_EQ(Status(gateway, "/readyz"), 200);
  const Json status = Json::parse(gateway.Page("/status"));
  EXPECT_EQ(status["upstreams"][0]["name"], "away");
  EXPECT_EQ(status["upstreams"][0]["schema"], "pending");
  EXPECT_EQ(status["upstreams"][1]["schema"], "known");
}

TEST(Ops, ShowsTheStreamsAndTheSnapshotInForce) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=10"});
  ASSERT_EQ(answer.NextEvent()->name, "stream-open");
  const Json status = Json::parse(gateway.Page("/status"));
  EXPECT_EQ(status["phase"], "active");
  EXPECT_EQ(status["streams"]["open"], 1);
  EXPECT_EQ(status["streams"]["by_method"][0]["method"], "demo.v1.Faults.Run");
  EXPECT_GT(status["snapshot"]["methods"], 5);
  EXPECT_EQ(status["limits"]["head"], "16KiB");
  EXPECT_TRUE(status["last_refused_reload"].is_null());
  EXPECT_TRUE(absl::StrContains(gateway.Page("/routes"), "\"path\": \"/demo.v1.Faults/Run\""));
}

TEST(Ops, ShowsTheSharedStreamsAndHowManyWatch) {
  TestGateway gateway;
  HttpAnswer first(gateway.port(), {.target = "/demo.v1.Clock/Watch"});
  HttpAnswer second(gateway.port(), {.target = "/demo.v1.Clock/Watch"});
  ASSERT_EQ(first.NextEvent()->name, "stream-open");
  ASSERT_EQ(second.NextEvent()->name, "stream-open");
  Json topic;
  EXPECT_TRUE(Eventually([&] {
    const Json topics = Json::parse(gateway.Page("/status"))["topics"];
    if (topics.size() != 1) return false;
    topic = topics[0];
    return topic["subscribers"] == 2;
  })) << topic;
  EXPECT_EQ(topic["stream"], "demo.v1.Clock/Watch");
  EXPECT_EQ(topic["ended"], false);
  EXPECT_TRUE(absl::StrContains(gateway.Page("/routes"), "\"share\": {"));
}

TEST(Ops, AThousandConnectionsThatSayNothingHoldUpNeitherAProbeNorAStream) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=1000&count=2000"});
  std::vector<std::unique_ptr<TcpPeer>> silent;
  for (int i = 0; i < 1000; ++i) silent.push_back(std::make_unique<TcpPeer>(gateway.ops_port()));
  for (int i = 0; i < 30; ++i) {
    silent[static_cast<size_t>(i)]->Send("GET /livez HTTP/1.1\r\n");  // and then nothing
  }
  EXPECT_EQ(answer.WaitForEnd(absl::Seconds(20)), HttpAnswer::End::kClean);
  EXPECT_TRUE(absl::StrContains(answer.body(), "\"sequence\":\"2000\""));
  HttpAnswer probe(gateway.ops_port(), {.target = "/livez"});
  EXPECT_EQ(probe.status(absl::Seconds(20)), 200);
}

}  // namespace
}  // namespace sluice
