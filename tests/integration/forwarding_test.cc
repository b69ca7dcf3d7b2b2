// SPDX-License-Identifier: Apache-2.0
// What of a request becomes metadata: an allow-list, through one validator.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// The metadata that the service saw, as JSON.
std::string Seen(TestGateway& gateway, std::vector<std::pair<std::string, std::string>> headers) {
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Echo", .headers = std::move(headers)});
  EXPECT_EQ(answer.status(), 200);
  return answer.ReadBody();
}

TEST(Forwarding, TheUsualHeadersAndNoOthers) {
  TestGateway gateway;
  const std::string seen = Seen(gateway, {{"Authorization", "Bearer x"},
                                          {"traceparent", "00-1-2-03"},
                                          {"tracestate", "a=b"},
                                          {"X-Request-Id", "r1"},
                                          {"Accept-Language", "de"},
                                          {"Cookie", "secret"},
                                          {"X-Tenant", "t"},
                                          {"Last-Event-ID", "7"}});
  for (const char* entry : {"\"authorization\":\"Bearer x\"", "\"traceparent\":\"00-1-2-03\"",
                            "\"tracestate\":\"a=b\"", "\"x-request-id\":\"r1\"",
                            "\"accept-language\":\"de\"", "\"x-forwarded-for\":\"127.0.0.1\""}) {
    EXPECT_TRUE(absl::StrContains(seen, entry)) << entry << " in " << seen;
  }
  for (const char* name : {"cookie", "x-tenant", "last-event-id"}) {
    EXPECT_FALSE(absl::StrContains(seen, name)) << name << " in " << seen;
  }
}

TEST(Forwarding, ARoutesListReplacesTheUsualOne) {
  TestGateway gateway(
      {.yaml = "routes: [{selector: \"demo.v1.Faults.*\", forward_headers: [X-Tenant]}]\n"});
  const std::string seen = Seen(gateway, {{"Authorization", "Bearer x"}, {"X-Tenant", "t"}});
  EXPECT_TRUE(absl::StrContains(seen, "\"x-tenant\":\"t\"")) << seen;
  EXPECT_FALSE(absl::StrContains(seen, "authorization")) << seen;
}

TEST(Forwarding, OnlyTrustedProxiesAreBelieved) {
  TestGateway untrusting;
  EXPECT_TRUE(absl::StrContains(Seen(untrusting, {{"X-Forwarded-For", "6.6.6.6"}}),
                                "\"x-forwarded-for\":\"127.0.0.1\""));
  TestGateway trusting({.yaml = "trusted_proxies: [\"127.0.0.0/8\"]\n"});
  EXPECT_TRUE(absl::StrContains(Seen(trusting, {{"X-Forwarded-For", "6.6.6.6, 203.0.113.9"}}),
                                "\"x-forwarded-for\":\"203.0.113.9, 127.0.0.1\""));
}

TEST(Forwarding, AByteThatGrpcDoesNotTakeIsABadRequest) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1",
                                     .headers = {{"Authorization", "Bearer \xC3\xA9"}}});
  EXPECT_EQ(answer.status(), 400);
  EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "authorization")) << answer.body();
  EXPECT_EQ(gateway.refused("bad_header"), 1u);
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 0);
}

}  // namespace
}  // namespace sluice
