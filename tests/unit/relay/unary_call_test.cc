// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/unary_call.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(UnaryCall, AnswersOnceItsRpcHasEnded) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.TellTick("1", "x");
  EXPECT_EQ(harness.Got(), "");
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(), HasSubstr("\r\n\r\n{\"id\":\"1\",\"text\":\"x\"}"));
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(UnaryCall, HasADeadline) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  EXPECT_EQ(harness.service().newest().request.timeout, absl::Seconds(30));
}

TEST(UnaryCall, AnEndWithoutAMessageIsAnError) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.TellEnd({});
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(got, HasSubstr("OK and without a message; one is right"));
}

// A service that goes on sending would be read for nothing.
TEST(UnaryCall, ASecondMessageIsAnErrorAtOnce) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.TellTick("1", "x");
  harness.TellTick("2", "y");
  EXPECT_EQ(harness.service().newest().observer, nullptr);
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(got, HasSubstr("\"status\":\"INTERNAL\""));
  EXPECT_THAT(got, HasSubstr("2 messages or more; one is right"));
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(UnaryCall, BytesThatDoNotParseAreAnError) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.TellBytes("\x0a\x7f");
  harness.TellEnd({});
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(got, HasSubstr("\"status\":\"DATA_LOSS\""));
  EXPECT_EQ(harness.metrics().Value("unreadable_malformed", "t.Feed.Get"), 1u);
}

TEST(UnaryCall, TellsHowLongTheServiceAsksToBeLeftAlone) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .retry_after = absl::Seconds(42)});
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(got, HasSubstr("\r\nRetry-After: 42\r\n"));
}

TEST(UnaryCall, AHalfCloseIsADeparture) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get");
  harness.CloseSendingSide();
  EXPECT_EQ(harness.service().newest().observer, nullptr);
  EXPECT_EQ(harness.relay().active(), 0u);
}

}  // namespace
}  // namespace sluice
