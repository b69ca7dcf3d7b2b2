// SPDX-License-Identifier: Apache-2.0
// What of a service cannot be served is told by every page, and to the browser that asks for it.
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/child_process.h"
#include "tests/support/http_answer.h"
#include "tests/support/made_up_service.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Json = nlohmann::json;
using Texts = MadeUpService::Texts;

constexpr char kFine[] =
    "syntax = \"proto3\"; package t; message M { string id = 1; }\n"
    "service Fine { rpc Watch(M) returns (stream M); rpc Chat(stream M) returns (stream M); }";
constexpr char kBroken[] =
    "syntax = \"proto3\"; package t; message N { Nowhere lost = 1; }\n"
    "service Broken { rpc Watch(N) returns (stream N); }";

TEST(LeftOut, IsOnEveryPageAndInTheAnswerToTheBrowser) {
  const MadeUpService service(Texts{{"fine.proto", kFine}, {"broken.proto", kBroken}});
  TestGateway gateway({.target = service.target()});
  const Json status = Json::parse(gateway.Page("/status"));
  ASSERT_EQ(status["left_out"].size(), 1u) << status;
  EXPECT_EQ(status["left_out"][0]["upstream"], "main");
  EXPECT_TRUE(absl::StrContains(status["left_out"].dump(), "t.Broken")) << status;
  EXPECT_TRUE(absl::StrContains(status["left_out"].dump(), "Nowhere")) << status;
  EXPECT_FALSE(status["schema_problems"].empty()) << status;
  const Json routes = Json::parse(gateway.Page("/routes"));
  EXPECT_EQ(routes["routes"].size(), 1u);
  EXPECT_EQ(routes["skipped"].size(), 2u) << routes;
  EXPECT_TRUE(absl::StrContains(routes["skipped"].dump(), "t.Broken")) << routes;
  const Json ready = Json::parse(gateway.Page("/readyz"));
  EXPECT_EQ(ready["ready"], true);
  EXPECT_TRUE(absl::StrContains(ready["left_out"].dump(), "t.Broken")) << ready;
  EXPECT_TRUE(absl::StrContains(gateway.Page("/metrics"), "\nsluice_schema_left_out{kind="));

  HttpAnswer answer(gateway.port(), {.target = "/t.Broken/Watch"});
  EXPECT_EQ(answer.status(), 404);
  const std::string body = answer.ReadBody();
  EXPECT_TRUE(absl::StrContains(body, "t.Broken")) << body;
  EXPECT_TRUE(absl::StrContains(body, "exists but is not served")) << body;
  EXPECT_FALSE(absl::StrContains(body, "broken.proto")) << body;
  EXPECT_FALSE(absl::StrContains(body, service.target())) << body;
  EXPECT_EQ(gateway.refused("not_served"), 1u);
}

TEST(LeftOut, AllThatThereIsMakesItNotReady) {
  const MadeUpService service(Texts{{"broken.proto", kBroken}});
  TestGateway gateway({.with_service = false, .target = service.target()});
  ASSERT_TRUE(Eventually([&] { return absl::StrContains(gateway.Page("/status"), "t.Broken"); },
                         absl::Seconds(20)));
  HttpAnswer ready(gateway.ops_port(), {.target = "/readyz"});
  EXPECT_EQ(ready.status(), 503);
  const std::string body = ready.ReadBody();
  EXPECT_TRUE(absl::StrContains(body, "t.Broken")) << body;
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = "/t.Broken/Watch"}).status(), 404);
}

TEST(LeftOut, IsInTheLogAndInWhatTheCommandsSay) {
  const MadeUpService service(Texts{{"fine.proto", kFine}, {"broken.proto", kBroken}});
  ServingProcess gateway({"--upstream", service.target()});
  EXPECT_TRUE(gateway.process().WaitForOutput("t.Broken")) << gateway.process().output();
  for (const char* command : {"routes", "check"}) {
    ChildProcess process(SluiceCommand({command, "--upstream", service.target()}));
    EXPECT_EQ(process.WaitForExit(absl::Seconds(30)), std::string(command) == "check" ? 2 : 0);
    EXPECT_TRUE(absl::StrContains(process.output(), "t.Broken")) << process.output();
  }
}

TEST(LeftOut, NamesThatNoPageCanListenToAreRenamedWithAWarning) {
  MadeUpService service(Texts{{"a.proto",
                               "syntax = \"proto3\"; message error { string id = 1; }\n"
                               "service S { rpc Watch(error) returns (stream error); }"}});
  service.SetAnswer("/S/Watch", {.messages = {"\x0a\x01x"}});
  TestGateway gateway({.target = service.target()});
  HttpAnswer answer(gateway.port(), {.target = "/S/Watch"});
  ASSERT_EQ(answer.NextEvent()->name, "stream-open");
  EXPECT_EQ(answer.NextEvent()->name, "Error");
  const Json status = Json::parse(gateway.Page("/status"));
  ASSERT_EQ(status["schema_warnings"].size(), 1u) << status;
  EXPECT_TRUE(absl::StrContains(std::string(status["schema_warnings"][0]), "S.Watch")) << status;
  ChildProcess check(SluiceCommand({"check", "--upstream", service.target()}));
  EXPECT_EQ(check.WaitForExit(absl::Seconds(30)), 0);
  EXPECT_TRUE(absl::StrContains(check.output(), "warning: S.Watch")) << check.output();
}

}  // namespace
}  // namespace sluice
