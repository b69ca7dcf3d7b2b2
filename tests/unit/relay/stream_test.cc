// SPDX-License-Identifier: Apache-2.0
// What every stream does, wherever its events come from.
#include "gateway/relay/stream.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kOpen[] =
    "retry: \nevent: stream-open\ndata: {\"stream\":\"t.Feed/Watch\",\"resume\":\"fresh\"}\n\n";
constexpr char kNdjson[] = "/t.Feed/Watch?alt=ndjson";
const RpcStatus kNo = {.code = absl::StatusCode::kNotFound, .message = "no"};

// The parameter is what makes a stream private or shared.
class StreamTest : public testing::TestWithParam<std::string> {
 protected:
  static std::string With(const std::string& options) {
    return absl::StrCat(GetParam(), " ", options);
  }
};

TEST_P(StreamTest, WaitsForTheServiceBeforeItsHeadButNotLongerThanTheGrace) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open();
  harness.Pass(absl::Milliseconds(240));
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Milliseconds(20));
  EXPECT_EQ(harness.Got(*tab), kOpen);
  harness.TellHeaders();
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Tell("a");
  EXPECT_THAT(harness.Got(*tab), StartsWith("event: Tick\n"));
}

TEST_P(StreamTest, IsRefusedByAnHttpStatusWhereItFailsForGoodBeforeItsHead) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open();
  harness.TellEnd(kNo);
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"message\":\"no\""));
  EXPECT_THAT(tab->head(), StartsWith("HTTP/1.1 404 "));
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, IsToldGoodbyeInsideOfA200BeforeItsHead) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open();
  harness.Drain();
  EXPECT_THAT(harness.Got(*tab), StartsWith("retry: \nevent: stream-error\n"));
  EXPECT_THAT(tab->head(), StartsWith("HTTP/1.1 200 "));
  for (const auto& call : harness.calls()) {
    if (call->observer != nullptr) call->observer->OnHeaders();
  }
  harness.Pass(absl::Milliseconds(900));
  EXPECT_EQ(harness.Got(*tab), "");
  EXPECT_FALSE(tab->at_end());
  harness.Pass(absl::Milliseconds(200));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_FALSE(tab->complete());
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, IsRefusedByAnHttpStatusWhereItsFormHasNoGoodbye) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open({.target = kNdjson});
  harness.Drain();
  harness.Got(*tab);
  EXPECT_THAT(tab->head(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, AnswersAHalfCloseWithAHeartbeatInItsForm) {
  SharedHarness comments(With("")), events(With("heartbeat_event: true"));
  const auto commented = comments.Open();
  const auto told = events.Open();
  comments.TellHeaders();
  events.TellHeaders();
  EXPECT_EQ(comments.Got(*commented), kOpen);
  EXPECT_EQ(events.Got(*told), kOpen);
  commented->CloseSendingSide();
  told->CloseSendingSide();
  EXPECT_EQ(comments.Got(*commented), ":\n");
  EXPECT_EQ(events.Got(*told), "event: stream-heartbeat\ndata: {}\n\n");
  comments.Tell("a");
  EXPECT_THAT(comments.Got(*commented), StartsWith("event: Tick\n"));
}

TEST_P(StreamTest, AnswersAHalfCloseBeforeItsHeadAfterIt) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open();
  tab->CloseSendingSide();
  harness.Turn();
  harness.TellHeaders();
  EXPECT_EQ(harness.Got(*tab), absl::StrCat(kOpen, ":\n"));
}

TEST_P(StreamTest, TakesAHalfCloseForADepartureWhereItHasNoHeartbeat) {
  SharedHarness harness(With(""));
  const auto waiting = harness.Open({.target = kNdjson});
  waiting->CloseSendingSide();
  harness.Turn();
  EXPECT_EQ(harness.active(), 0u);
  const auto open = harness.Open({.target = kNdjson});
  harness.Tell("a");
  EXPECT_THAT(harness.Got(*open), HasSubstr("\"text\":\"a\""));
  open->CloseSendingSide();
  harness.Turn();
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, EndsCleanlyAfterItsLastEventAndTheConnectionServesOn) {
  SharedHarness harness(With("id_field: 'id'"));
  const auto tab = harness.Open();
  harness.TellTick("a b", "x");
  harness.TellEnd({});
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, HasSubstr("id: a~20b\n\n"));
  EXPECT_THAT(got, EndsWith("event: stream-end\ndata: {\"code\":0,\"status\":\"OK\"}\n"
                            "id: a~20b~end\n\n"));
  EXPECT_TRUE(tab->complete());
  EXPECT_FALSE(tab->at_end());
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, EndsOpenlyWhereItNeverEndsForGood) {
  SharedHarness harness(With("endless: true"));
  const auto tab = harness.Open();
  harness.Tell("x");
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(*tab),
              EndsWith("event: stream-end\ndata: {\"code\":0,\"status\":\"OK\"}\n\n"));
  harness.Pass(absl::Milliseconds(900));
  harness.Got(*tab);
  EXPECT_FALSE(tab->at_end());
  harness.Pass(absl::Milliseconds(200));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_FALSE(tab->complete());
}

TEST_P(StreamTest, BreaksOffThoughItsBrowserNeverTakesTheGoodbye) {
  SharedHarness harness(With(""));
  const auto tab = harness.Open({.send_buffer_bytes = 4096});
  harness.TellHeaders();
  for (int i = 0; i < 300; ++i) harness.Tell(std::string(1000, 'x'));
  harness.Drain();
  EXPECT_EQ(harness.active(), 1u);
  harness.Pass(absl::Minutes(1));
  harness.Pass(absl::Minutes(1));
  EXPECT_EQ(harness.active(), 0u);
}

TEST_P(StreamTest, GrowsOldWithinATenthOfItsAge) {
  SharedHarness harness(With("max_age { seconds: 100 }"));
  const auto tab = harness.Open();
  harness.TellHeaders();
  harness.Pass(absl::Seconds(89));
  EXPECT_THAT(harness.Got(*tab), testing::Not(HasSubstr("max_age")));
  harness.Pass(absl::Seconds(22));
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"reason\":\"max_age\"}\n\n"));
}

TEST_P(StreamTest, EndsWhenItsBrowserLeaves) {
  SharedHarness harness(With(""));
  const auto waiting = harness.Open();
  const auto open = harness.Open();
  harness.TellHeaders();
  waiting->Leave();
  open->Leave();
  harness.Turn();
  EXPECT_EQ(harness.active(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Sources, StreamTest, testing::Values("", "share {}"),
                         [](const auto& source) {
                           return source.param.empty() ? "Private" : "Shared";
                         });

}  // namespace
}  // namespace sluice
