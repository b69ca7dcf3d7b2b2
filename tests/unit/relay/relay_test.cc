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

}  // namespace
}  // namespace sluice
