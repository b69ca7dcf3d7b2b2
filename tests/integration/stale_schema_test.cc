// SPDX-License-Identifier: Apache-2.0
// A service that has another schema than it told is found out by what it sends, and asked again.
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/made_up_service.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Json = nlohmann::json;
using Texts = MadeUpService::Texts;

constexpr char kOld[] =
    "syntax = \"proto3\"; package t; message M { string id = 1; }\n"
    "service S { rpc Watch(M) returns (stream M); rpc Get(M) returns (M); }";
constexpr char kNew[] =
    "syntax = \"proto3\"; package t; message M { string id = 1; string added = 2; }\n"
    "service S { rpc Watch(M) returns (stream M); rpc Later(M) returns (M); }";
constexpr char kLost[] =
    "syntax = \"proto3\"; package t; message M { string id = 1; Nowhere added = 2; }\n"
    "service S { rpc Watch(M) returns (stream M); rpc Get(M) returns (M); }";
const char kMessage[] = "\x0a\x01x\x12\x01y";  // id: "x" added: "y"

uint64_t AskedAgain(TestGateway& gateway, const std::string& result) {
  return gateway.server().metrics().Value("schema_asked_again", result);
}

bool WaitForAnswer(TestGateway& gateway, const std::string& result) {
  return Eventually([&] { return AskedAgain(gateway, result) > 0; }, absl::Seconds(30));
}

std::string FirstEvent(const TestGateway& gateway) {
  HttpAnswer answer(gateway.port(), {.target = "/t.S/Watch"});
  answer.NextEvent();  // stream-open
  return answer.NextEvent()->data;
}

class StaleSchema : public testing::Test {
 protected:
  StaleSchema() { service_.SetAnswer("/t.S/Watch", {.messages = {kMessage}, .hold = true}); }

  MadeUpService service_{Texts{{"t.proto", kOld}}};
  TestGateway gateway_{{.target = service_.target()}};
};

TEST_F(StaleSchema, IsFoundOutByUnknownFieldsWhileStreamsGoOn) {
  service_.SetSchema({{"t.proto", kNew}});
  HttpAnswer running(gateway_.port(), {.target = "/t.S/Watch"});
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  EXPECT_EQ(running.NextEvent()->data, "{\"id\":\"x\"}");
  ASSERT_TRUE(WaitForAnswer(gateway_, "changed"));
  EXPECT_TRUE(Eventually([&] { return FirstEvent(gateway_) == "{\"id\":\"x\",\"added\":\"y\"}"; },
                         absl::Seconds(20)));
  EXPECT_EQ(running.end(), HttpAnswer::End::kNotYet);
  EXPECT_EQ(HttpAnswer(gateway_.port(), {.target = "/t.S/Get"}).status(), 404);
  const Json upstream = Json::parse(gateway_.Page("/status"))["upstreams"][0];
  EXPECT_EQ(upstream["schema_asked_again"]["result"], "changed") << upstream;
  EXPECT_GE(gateway_.server().metrics().Value("events_with_unknown_fields", "t.S.Watch"), 1u);
  EXPECT_EQ(gateway_.server().metrics().Value("schema_doubts", "unknown_fields"), 1u);
}

TEST_F(StaleSchema, IsFoundOutByAMethodThatTheServiceDoesNotKnow) {
  service_.SetSchema({{"t.proto", kNew}});
  const HttpAnswer answer(gateway_.port(), {.method = "POST", .target = "/t.S/Get"});
  ASSERT_TRUE(WaitForAnswer(gateway_, "changed"));
  EXPECT_EQ(gateway_.server().metrics().Value("schema_doubts", "unimplemented"), 1u);
}

TEST_F(StaleSchema, ThatIsNoneIsAskedForOnceAndChangesNothing) {
  const uint64_t number = Json::parse(gateway_.Page("/status"))["snapshot"]["number"];
  EXPECT_EQ(FirstEvent(gateway_), "{\"id\":\"x\"}");
  ASSERT_TRUE(WaitForAnswer(gateway_, "unchanged"));
  const int asked = service_.asked();
  for (int i = 0; i < 3; ++i) FirstEvent(gateway_);
  ASSERT_TRUE(Eventually([&] {
    const Json upstream = Json::parse(gateway_.Page("/status"))["upstreams"][0];
    return upstream["schema_doubts"] == Json({"unknown_fields"});
  }));
  EXPECT_EQ(service_.asked(), asked);
  EXPECT_EQ(Json::parse(gateway_.Page("/status"))["snapshot"]["number"], number);
}

TEST_F(StaleSchema, WhoseSuccessorCannotBeServedStaysInForce) {
  service_.SetSchema({{"t.proto", kLost}});
  EXPECT_EQ(FirstEvent(gateway_), "{\"id\":\"x\"}");
  ASSERT_TRUE(WaitForAnswer(gateway_, "refused"));
  EXPECT_EQ(FirstEvent(gateway_), "{\"id\":\"x\"}");
  EXPECT_TRUE(absl::StrContains(gateway_.Page("/status"), "Nowhere")) << gateway_.Page("/status");
}

TEST(StaleSchemaOfAService, ThatComesBackIsAskedForAgain) {
  auto service = std::make_unique<MadeUpService>(Texts{{"t.proto", kOld}});
  const std::string target = service->target();
  TestGateway gateway({.target = target});
  service->SetAnswer("/t.S/Watch", {.hold = true});
  HttpAnswer running(gateway.port(), {.target = "/t.S/Watch"});
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  service.reset();
  ASSERT_EQ(running.NextEvent()->name, "stream-error");
  service = std::make_unique<MadeUpService>(Texts{{"t.proto", kNew}}, target);
  service->SetAnswer("/t.S/Watch", {.hold = true});
  ASSERT_TRUE(Eventually(
      [&] {
        HttpAnswer again(gateway.port(), {.target = "/t.S/Watch"});
        again.NextEvent();
        return AskedAgain(gateway, "changed") > 0;
      },
      absl::Seconds(60)));
  EXPECT_GE(gateway.server().metrics().Value("schema_doubts", "reconnected"), 1u);
}

TEST(StaleSchemaOfAService, WithWhatCouldNotBeServedIsAskedForWhenSomebodyWantsIt) {
  MadeUpService service(Texts{{"t.proto", kOld},
                              {"u.proto",
                               "syntax = \"proto3\"; package u; message M { Nowhere a = 1; }\n"
                               "service S { rpc Get(M) returns (M); }"}});
  TestGateway gateway({.target = service.target()});
  service.SetSchema({{"t.proto", kOld},
                     {"u.proto",
                      "syntax = \"proto3\"; package u; message M { string a = 1; }\n"
                      "service S { rpc Get(M) returns (M); }"}});
  service.SetAnswer("/u.S/Get", {.messages = {""}});
  EXPECT_EQ(HttpAnswer(gateway.port(), {.method = "POST", .target = "/u.S/Get"}).status(), 404);
  EXPECT_TRUE(Eventually(
      [&] {
        return HttpAnswer(gateway.port(), {.method = "POST", .target = "/u.S/Get"}).status() == 200;
      },
      absl::Seconds(30)));
}

}  // namespace
}  // namespace sluice
