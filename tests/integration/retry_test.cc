// SPDX-License-Identifier: Apache-2.0
// A browser whose stream fails at the same place again and again comes back less and less often,
// and no sooner than the service asks for.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kQuick[] = "limits: {close_grace: 100ms}\n";

// The `retry` of the stream-error with which the stream ends.
int64_t RetryOf(TestGateway& gateway, const std::string& parameters, const std::string& id = "") {
  TestRequest request{.target = absl::StrCat("/demo.v1.Faults/Run?", parameters)};
  if (!id.empty()) request.headers.emplace_back("Last-Event-ID", id);
  HttpAnswer answer(gateway.port(), request);
  ReceivedEvent last;
  while (const std::optional<ReceivedEvent> event = answer.NextEvent(absl::Seconds(10))) {
    last = *event;
  }
  EXPECT_EQ(last.name, "stream-error");
  EXPECT_TRUE(absl::StrContains(last.data, "\"retryable\":true")) << last.data;
  return answer.retry_ms().value_or(0);
}

TEST(Retry, GrowsWhereAStreamFailsAtOnceEachTime) {
  TestGateway gateway({.yaml = kQuick});
  int64_t least = 6'000;
  for (int i = 0; i < 5; ++i) {
    const int64_t retry = RetryOf(gateway, "code=14");
    EXPECT_GE(retry, least) << i;
    EXPECT_LE(retry, least * 5 / 3 + 1) << i;
    least = std::min<int64_t>(2 * least, 45'000);
  }
  EXPECT_LE(RetryOf(gateway, "code=14&size=1"), 10'001);  // another request
}

TEST(Retry, GrowsThoughAStreamDeliversSomethingEachTime) {
  TestGateway gateway(
      {.yaml = absl::StrCat(kQuick,
                            "routes: [{selector: demo.v1.Faults.Run, stream: {id_field: "
                            "sequence}}]\n")});
  EXPECT_LE(RetryOf(gateway, "code=14&fail_after=3"), 10'001);
  EXPECT_GE(RetryOf(gateway, "code=14&fail_after=3", "3"), 12'000);
  EXPECT_GE(RetryOf(gateway, "code=14&fail_after=3", "3"), 24'000);
  EXPECT_LE(RetryOf(gateway, "code=14&fail_after=3"), 10'001);  // another browser
}

TEST(Retry, IsNoSoonerThanTheServiceAsksFor) {
  TestGateway gateway({.yaml = kQuick});
  const int64_t retry = RetryOf(gateway, "code=14&fail_after=1&retry_delay=40s");
  EXPECT_GE(retry, 40'000);
  EXPECT_LE(retry, 66'667);
  HttpAnswer refused(gateway.port(),
                     {.target = "/demo.v1.Faults/Run?code=14&retry_delay=40s&alt=ndjson"});
  EXPECT_EQ(refused.status(), 503);
  EXPECT_EQ(refused.header("retry-after"), "40");
}

TEST(Retry, GrowsWhereASharedStreamIsGivenUpEachTime) {
  TestGateway gateway(
      {.yaml = absl::StrCat(kQuick,
                            "routes: [{selector: demo.v1.Faults.Run, stream: {share: "
                            "{reopen: {min: 10ms, max: 20ms, give_up: 50ms}}}}]\n")});
  EXPECT_LE(RetryOf(gateway, "code=14"), 10'001);
  EXPECT_GE(RetryOf(gateway, "code=14"), 12'000);
}

}  // namespace
}  // namespace sluice
