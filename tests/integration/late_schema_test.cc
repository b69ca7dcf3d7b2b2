// SPDX-License-Identifier: Apache-2.0
// A service that is asked for its schema is served as soon as it answers, whatever the others do.
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// An address at which nobody listens now.
std::string FreeTarget() { return (*demo::DemoServer::Start({}))->target(); }

bool Serves(const TestGateway& gateway, const std::string& path) {
  HttpAnswer answer(gateway.port(), {.target = path});
  const std::optional<ReceivedEvent> first = answer.NextEvent();
  return first.has_value() && first->name == "stream-open";
}

TEST(LateSchema, ThatIsRefusedLeavesThoseThatAreServed) {
  const std::string late = FreeTarget();
  TestGateway gateway({.yaml = absl::StrCat("upstreams:\n"
                                            "  main: {services: [demo.v1.Clock]}\n"
                                            "  late: {target: \"",
                                            late,
                                            "\", services: [demo.v1.Ticker]}\n"
                                            "routes: [{selector: demo.v1.Typo.*}]\n")});
  const auto service = demo::DemoServer::Start({.listen = late});
  ASSERT_TRUE(
      Eventually([&] { return absl::StrContains(gateway.Page("/status"), "matches no method"); },
                 absl::Seconds(20)));
  EXPECT_TRUE(Serves(gateway, "/demo.v1.Clock/Watch"));
  gateway.StopService();
  EXPECT_FALSE(
      Eventually([&] { return Serves(gateway, "/demo.v1.Ticker/Watch"); }, absl::Seconds(2)));
  gateway.StartService();
  EXPECT_TRUE(
      Eventually([&] { return Serves(gateway, "/demo.v1.Clock/Watch"); }, absl::Seconds(20)));
}

}  // namespace
}  // namespace sluice
