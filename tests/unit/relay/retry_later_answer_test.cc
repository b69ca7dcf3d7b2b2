// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/retry_later_answer.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

RelayHarness::Settings Pending() {
  RelayHarness::Settings settings;
  settings.pending = {"later"};
  return settings;
}

TEST(RetryLaterAnswer, IsOneBlockInsideOfA200AndAnOpenEnd) {
  RelayHarness harness(Pending());
  harness.Get("/x.Y/Z");
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("HTTP/1.1 200 "));
  EXPECT_THAT(got, HasSubstr("\r\n\r\n"));
  EXPECT_THAT(got, HasSubstr("retry: "));
  EXPECT_THAT(got, HasSubstr("event: stream-error\n"));
  EXPECT_THAT(got, Not(HasSubstr("stream-open")));
  harness.Pass(absl::Milliseconds(900));
  EXPECT_FALSE(harness.AtEnd());
  harness.Pass(absl::Milliseconds(200));
  EXPECT_TRUE(harness.AtEnd());
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(RetryLaterAnswer, RaisesTheRetryOfItsRoute) {
  RelayHarness::Settings settings;
  settings.stream.mutable_retry()->set_seconds(60);
  RelayHarness harness(settings);
  harness.relay().Drain(absl::ZeroDuration());
  harness.Get("/t.Feed/Watch");
  const std::string got = harness.Got();
  const size_t retry = got.find("retry: ");
  ASSERT_NE(retry, std::string::npos) << got;
  EXPECT_GE(std::atol(got.c_str() + retry + 7), 120'000);
}

TEST(RetryLaterAnswer, IsOverWhenTheBrowserLeaves) {
  RelayHarness harness(Pending());
  harness.Get("/x.Y/Z");
  EXPECT_EQ(harness.relay().active(), 1u);
  harness.Leave();
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(RetryLaterAnswer, IsOnlyForWhoAskedForSse) {
  RelayHarness harness(Pending());
  harness.Get("/x.Y/Z", "Accept: application/json\r\n");
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("HTTP/1.1 503 "));
  EXPECT_THAT(got, HasSubstr("Retry-After: 3\r\n"));
}

}  // namespace
}  // namespace sluice
