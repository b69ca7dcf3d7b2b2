// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/relay.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Relay, RefusesWhatItDoesNotKnowAndCountsIt) {
  RelayHarness harness;
  harness.Get("/t.Feed/Nothing");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 404 "));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "unknown_path"), 1u);
  harness.Get("/t.Feed/Chat");
  EXPECT_THAT(harness.Got(), HasSubstr("t.Feed.Chat is not exposed"));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "not_exposed"), 1u);
}

TEST(Relay, ARequestForWhatCannotBeServedPutsTheSchemaInDoubt) {
  RelayHarness::Settings settings;
  settings.doubt = std::make_shared<SchemaDoubt>();
  RelayHarness harness(settings);
  harness.Get("/t.Nothing/Watch");
  EXPECT_EQ(settings.doubt->raised(), 0u);
  harness.Get("/t.Gone/Watch");
  EXPECT_THAT(harness.Got(), HasSubstr("t.Gone exists but is not served"));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "not_served"), 1u);
  EXPECT_EQ(settings.doubt->raised(), SchemaDoubt::Only(SchemaDoubt::Sign::kNotServed));
}

TEST(Relay, AForeignOriginIsRefusedBeforeTheEndedStreamIsTold) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch",
              "Origin: https://evil.example\r\nCookie: a=b\r\nLast-Event-ID: 1~end\r\n");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 403 "));
  harness.Get("/t.Feed/Watch", "Last-Event-ID: 1~end\r\n");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 204 "));
  EXPECT_TRUE(harness.service().calls().empty());
}

TEST(Relay, APageOfAnAllowedOriginMayReadPlainOptions) {
  RelayHarness::Settings settings;
  settings.relay.origins.origins = {"https://app.example"};
  RelayHarness harness(settings);
  harness.Send("OPTIONS /t.Feed/Watch HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n\r\n");
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(got, HasSubstr("Allow: GET, POST, OPTIONS\r\n"));
  EXPECT_THAT(got, HasSubstr("Vary: Origin\r\n"));
  EXPECT_THAT(got, HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n"));
  EXPECT_THAT(got, Not(HasSubstr("Access-Control-Allow-Methods")));
}

TEST(Relay, AnEndedStreamIsToldByItsIdWhateverTheQuery) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch?a=%zz", "Last-Event-ID: 1~end\r\n");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 204 "));
  harness.Get("/t.Feed/Watch?lastEventId=1~end&a=%zz");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 400 "));
  harness.Get("/t.Feed/Get?a=%zz", "Last-Event-ID: 1~end\r\n");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "bad_parameter"), 2u);
}

TEST(Relay, WhileASchemaIsPendingAnUnknownPathMayCome) {
  RelayHarness::Settings settings;
  settings.pending = {"later"};
  RelayHarness harness(settings);
  harness.Get("/x.Y/Z");
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(got, HasSubstr("\"reason\":\"schema_pending\"}\n\n"));
  EXPECT_EQ(harness.relay().active(), 1u);
  harness.Pass(absl::Seconds(2));
  EXPECT_TRUE(harness.AtEnd());
}

TEST(Relay, DrainSaysGoodbyeToStreamsAndToNewRequests) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch");
  harness.TellHeaders();
  harness.Got();
  harness.relay().Drain(absl::ZeroDuration());
  EXPECT_THAT(harness.Got(), HasSubstr("\"reason\":\"drain\"}\n\n"));
  EXPECT_EQ(harness.service().newest().observer, nullptr);
}

TEST(Relay, AUnaryMethodIsAnsweredWithItsObject) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get?name=a");
  EXPECT_EQ(harness.service().newest().request.message,
            "\x12\x01"
            "a");
  harness.TellTick("1", "x");
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(), HasSubstr("{\"id\":\"1\",\"text\":\"x\"}"));
}

RelayHarness::Settings UnderApi() {
  RelayHarness::Settings settings;
  settings.paths = {.base = "/api", .health = "/healthz"};
  settings.relay.origins.origins = {"https://app.example"};
  return settings;
}

TEST(Relay, ServesUnderTheBasePathAlone) {
  RelayHarness harness(UnderApi());
  harness.Get("/t.Feed/Get");
  EXPECT_THAT(harness.Got(),
              HasSubstr("there is nothing at /t.Feed/Get; everything here is under /api"));
  harness.Get("/apit.Feed/Get");
  EXPECT_THAT(harness.Got(), HasSubstr("everything here is under /api"));
  for (const char* path : {"/api", "/api/", "/api/t.Feed/Nope", "/api//t.Feed/Get"}) {
    harness.Get(path);
    EXPECT_THAT(harness.Got(), HasSubstr("paths have the form /api/package.Service/Method"));
  }
  EXPECT_EQ(harness.metrics().Value("relay_refused", "unknown_path"), 6u);
  harness.Get("/api/t.Feed/Chat");
  EXPECT_THAT(harness.Got(), HasSubstr("t.Feed.Chat is not exposed"));
  EXPECT_TRUE(harness.service().calls().empty());
  harness.Get("/api/t.Feed/Get?name=n");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  EXPECT_EQ(harness.service().newest().request.path, "/t.Feed/Get");
}

TEST(Relay, APageMayReadThatAPathIsOutsideOfTheBasePath) {
  RelayHarness harness(UnderApi());
  harness.Get("/t.Feed/Watch", "Origin: https://app.example\r\n");
  EXPECT_THAT(harness.Got(), HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n"));
}

TEST(Relay, WhileASchemaIsPendingNothingComesOutsideOfTheBasePath) {
  RelayHarness::Settings settings = UnderApi();
  settings.pending = {"shop"};
  RelayHarness harness(settings);
  harness.Get("/t.Feed/Watch");
  EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 404 "));
}

TEST(Relay, TellsLoadBalancersWhetherItIsReady) {
  RelayHarness harness(UnderApi());
  harness.Get("/healthz");
  std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(got, HasSubstr("{\"ready\":false}\n"));
  harness.SetReady(true);
  harness.Get("/healthz?any=%zz", "Origin: https://evil.example\r\nCookie: a=b\r\n");
  got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(got, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(got, HasSubstr("{\"ready\":true}\n"));
  EXPECT_THAT(got, Not(HasSubstr("Access-Control")));
  harness.Send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(got, testing::EndsWith("\r\n\r\n"));
}

TEST(Relay, SaysItsHealthToGetAndHeadAlone) {
  RelayHarness harness(UnderApi());
  harness.Send("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(got, HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "method_not_allowed"), 1u);
}

TEST(Relay, HasNoPathForHealthUnlessToldSo) {
  RelayHarness harness;
  harness.SetReady(true);
  for (const char* path : {"/healthz", "/"}) {
    harness.Get(path);
    EXPECT_THAT(harness.Got(), StartsWith("HTTP/1.1 404 ")) << path;
  }
}

}  // namespace
}  // namespace sluice
