// SPDX-License-Identifier: Apache-2.0
// A load balancer that knows only the browsers' port hears there what /readyz says.
#include <thread>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kYaml[] = "health_path: /healthz\n";

int Health(const TestGateway& gateway) {
  return HttpAnswer(gateway.port(), {.target = "/healthz"}).status();
}

int Ready(const TestGateway& gateway) {
  return HttpAnswer(gateway.ops_port(), {.target = "/readyz"}).status();
}

TEST(HealthPath, IsOffByDefault) {
  TestGateway gateway;
  EXPECT_EQ(Health(gateway), 404);
}

TEST(HealthPath, SaysThatTheGatewayIsReadyAndNoMore) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer answer(gateway.port(), {.target = "/healthz"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.ReadBody(), "{\"ready\":true}\n");
  HttpAnswer head(gateway.port(), {.method = "HEAD", .target = "/healthz"});
  EXPECT_EQ(head.status(), 200);
  HttpAnswer post(gateway.port(), {.method = "POST", .target = "/healthz"});
  EXPECT_EQ(post.status(), 405);
  EXPECT_EQ(post.header("allow"), "GET, HEAD");
}

TEST(HealthPath, SaysWhatReadyzSaysWhileNoSchemaIsKnown) {
  TestGateway gateway({.yaml = kYaml, .with_service = false});
  EXPECT_EQ(Ready(gateway), 503);
  HttpAnswer answer(gateway.port(), {.target = "/healthz"});
  EXPECT_EQ(answer.status(), 503);
  // Names of services are nothing for whoever asks at the browsers' port.
  EXPECT_EQ(answer.ReadBody(), "{\"ready\":false}\n");
}

TEST(HealthPath, SaysThatItGoesDownAsSoonAsItDrains) {
  TestGateway gateway({.yaml = kYaml});
  ASSERT_EQ(Health(gateway), 200);
  std::thread drain([&] { gateway.server().Drain({.delay = absl::Seconds(3)}); });
  EXPECT_TRUE(Eventually([&] { return Ready(gateway) == 503; }));
  EXPECT_EQ(Health(gateway), 503);
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/demo.v1.Faults/Echo"}).status(), 200);
  drain.join();
}

TEST(HealthPath, IsWrittenInFullWhateverTheBasePath) {
  TestGateway gateway({.yaml = "base_path: /api\nhealth_path: /healthz\n"});
  EXPECT_EQ(Health(gateway), 200);
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/api/healthz"}).status(), 404);
  ASSERT_TRUE(gateway.Reload("base_path: /api\nhealth_path: /api/healthz\n"));
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/api/healthz"}).status(), 200);
  EXPECT_EQ(Health(gateway), 404);
}

TEST(HealthPath, IsNotThatOfAMethod) {
  TestGateway gateway({.yaml = kYaml});
  EXPECT_FALSE(gateway.Reload("health_path: /demo.v1.Faults/Run\n"));
  EXPECT_TRUE(absl::StrContains(gateway.Page("/status"), "demo.v1.Faults.Run is at"));
  EXPECT_EQ(Health(gateway), 200);
}

}  // namespace
}  // namespace sluice
