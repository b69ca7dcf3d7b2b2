// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/private_source.h"

#include <malloc.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kWatch[] = "/t.Feed/Watch";
constexpr char kHeadEnd[] = "Transfer-Encoding: chunked";

RelayHarness::Settings WithStream(const std::function<void(sluice::v1::StreamOptions&)>& set) {
  RelayHarness::Settings settings;
  set(settings.stream);
  return settings;
}

TEST(PrivateStream, WaitsForTheServiceBeforeItsHead) {
  RelayHarness harness;
  harness.Get(kWatch);
  EXPECT_EQ(harness.Got(), "");
  harness.TellHeaders();
  EXPECT_THAT(harness.Got(), HasSubstr("event: stream-open\n"));
}

TEST(PrivateStream, DoesNotWaitLongerThanTheOpenGrace) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.Pass(absl::Milliseconds(240));
  EXPECT_EQ(harness.Got(), "");
  harness.Pass(absl::Milliseconds(20));
  EXPECT_THAT(harness.Got(), HasSubstr("event: stream-open\n"));
}

TEST(PrivateStream, ReleasesWhatTheBrowserHasTaken) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  EXPECT_THAT(harness.Got(), HasSubstr("data: {\"id\":\"1\",\"text\":\"a\"}\n\n"));
  EXPECT_EQ(harness.service().newest().released_bytes, 11u);
}

TEST(PrivateStream, HoldsBackWhatABrowserThatIsBehindWouldNeed) {
  RelayHarness::Settings settings;
  settings.relay.stream_buffer_bytes = 4096;
  RelayHarness harness(settings);
  harness.Get(kWatch);
  size_t told = 0;
  const std::string text(100, 'x');
  while (harness.service().newest().released_bytes == told && told < (16u << 20)) {
    harness.TellTick("1", text);
    told += 110;
  }
  EXPECT_LT(harness.service().newest().released_bytes, told);  // the socket is full
  harness.Got();
  EXPECT_EQ(harness.service().newest().released_bytes, told);
}

TEST(PrivateStream, BeatsAfterSilenceOnly) {
  RelayHarness harness(
      WithStream([](auto& stream) { stream.mutable_heartbeat()->set_seconds(10); }));
  harness.Get(kWatch);
  harness.TellHeaders();
  harness.Got();
  harness.Pass(absl::Seconds(6));
  harness.TellTick("1", "a");
  harness.Got();
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(harness.Got(), "");
  harness.Pass(absl::Seconds(5));
  EXPECT_EQ(harness.Got(), "2\r\n:\n\r\n");
}

TEST(PrivateStream, AnOkEndIsCleanAndTheOpenConnectionServesOn) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_id_field("id"); }));
  harness.Get(kWatch);
  harness.TellTick("a b", "x");
  harness.TellEnd({});
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("id: a~20b\n\n"));
  EXPECT_THAT(got, HasSubstr("id: a~20b~end\n\n"));
  EXPECT_THAT(got, EndsWith("\r\n0\r\n\r\n"));
  EXPECT_EQ(harness.relay().active(), 0u);
  harness.Get(kWatch);
  EXPECT_EQ(harness.service().calls().size(), 2u);
}

TEST(PrivateStream, AFailureThatMayPassEndsOpenAfterItsGrace) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .message = "gone"});
  EXPECT_THAT(harness.Got(), HasSubstr("\"retryable\":true}\n\n"));
  harness.Pass(absl::Milliseconds(900));
  EXPECT_FALSE(harness.AtEnd());
  harness.Pass(absl::Milliseconds(200));
  EXPECT_TRUE(harness.AtEnd());
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(PrivateStream, TheGraceBeginsWhenTheBrowserHasTheLastEvent) {
  RelayHarness harness;
  harness.Get(kWatch);
  for (int i = 0; i < 10'000; ++i) harness.TellTick("1", std::string(100, 'x'));
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .message = "gone"});
  harness.Pass(absl::Seconds(3));
  EXPECT_THAT(harness.Got(), HasSubstr("\"retryable\":true}\n\n"));
  harness.Pass(absl::Milliseconds(900));
  EXPECT_FALSE(harness.AtEnd());
  harness.Pass(absl::Milliseconds(200));
  EXPECT_TRUE(harness.AtEnd());
}

TEST(PrivateStream, AFinalFailureBeforeTheHeadIsAnHttpError) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellEnd({.code = absl::StatusCode::kNotFound, .message = "no"});
  const std::string got = harness.Got();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(
      got, EndsWith("{\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"no\",\"details\":[]}\n"));
  EXPECT_EQ(harness.relay().active(), 0u);
}

// A Tick with an id and a text that is not UTF-8.
std::string UnreadableTick(const std::string& id) { return TickBytes(id, "\xff"); }

TEST(PrivateStream, AnUnreadableEventIsAGapInItsPlace) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_id_field("id"); }));
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  harness.Got();
  harness.TellBytes(UnreadableTick("2"));
  EXPECT_THAT(
      harness.Got(),
      EndsWith("\r\nevent: stream-gap\n"
               "data: {\"from\":\"1\",\"to\":\"2\",\"reason\":\"unreadable\"}\nid: 2\n\n\r\n"));
  harness.TellBytes("\x0a\x7f");  // its id cannot be read either
  EXPECT_THAT(harness.Got(),
              HasSubstr("data: {\"from\":\"2\",\"to\":null,\"reason\":\"unreadable\"}\n\n"));
  harness.TellTick("4", "b");
  EXPECT_THAT(harness.Got(), HasSubstr("\"text\":\"b\"}\nid: 4\n\n"));
  EXPECT_EQ(harness.metrics().Value("unreadable_not_utf8", "t.Feed.Watch"), 1u);
  EXPECT_EQ(harness.metrics().Value("unreadable_malformed", "t.Feed.Watch"), 1u);
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(), HasSubstr("id: 4~end\n\n"));
}

TEST(PrivateStream, TheGapOfAnUnreadableEventIsWhatTheBrowserHoldsInTheEnd) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_id_field("id"); }));
  harness.Get(kWatch);
  harness.TellBytes(UnreadableTick("7"));
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(), HasSubstr("id: 7~end\n\n"));
}

TEST(PrivateStream, AnUnreadableEventGivesBackItsRoom) {
  RelayHarness harness;
  harness.Get(kWatch);
  const std::string wire = UnreadableTick("1");
  harness.TellBytes(wire);
  harness.Got();
  EXPECT_EQ(harness.service().newest().released_bytes, ReceivedBytes(wire));
}

TEST(PrivateStream, AnUnreadableEventIsNothingOnNdjson) {
  RelayHarness harness;
  harness.Get(absl::StrCat(kWatch, "?alt=ndjson"));
  harness.TellTick("1", "a");
  harness.Got();
  harness.TellBytes(UnreadableTick("2"));
  harness.TellTick("3", "b");
  EXPECT_EQ(harness.Got(), "16\r\n{\"id\":\"3\",\"text\":\"b\"}\n\r\n");
}

TEST(PrivateStream, AnUnreadableEventIsTheEndWhereTheRouteSaysSo) {
  RelayHarness harness(WithStream([](auto& stream) {
    stream.set_id_field("id");
    stream.set_bad_message(sluice::v1::StreamOptions::END);
  }));
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  harness.Got();
  harness.TellBytes(UnreadableTick("2"));
  EXPECT_EQ(harness.service().newest().observer, nullptr);
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("data: {\"code\":15,\"status\":\"DATA_LOSS\",\"message\":\"a message "
                             "that should be a t.Tick has no JSON: at byte 5, t.Tick.text is not "
                             "valid UTF-8\",\"details\":[],\"retryable\":false}\nid: 1~end\n\n"));
  EXPECT_THAT(got, Not(HasSubstr("event: Tick")));
  EXPECT_THAT(got, EndsWith("\r\n0\r\n\r\n"));
}

// ---- Coming back ----

// The `retry:` of the last block that has one, in milliseconds.
int LastRetry(const std::string& got) {
  const size_t line = got.rfind("retry: ");
  return line == std::string::npos ? 0 : std::atoi(got.c_str() + line + 7);
}

// A harness whose browser comes back each time, on the same connection.
int RetryAfterFailure(RelayHarness& harness, const std::string& headers, RpcStatus status) {
  harness.Connect();
  harness.Get(kWatch, headers);
  harness.TellEnd(std::move(status));
  const std::string got = harness.Got();
  harness.Pass(absl::Seconds(7));
  return LastRetry(got);
}

TEST(PrivateStream, AsksABrowserToComeBackLaterEachTimeThatItFails) {
  RelayHarness harness;
  int least = 6'000;
  for (int i = 0; i < 6; ++i) {
    const int retry = RetryAfterFailure(harness, "", {.code = absl::StatusCode::kUnavailable});
    EXPECT_GE(retry, least) << i;
    EXPECT_LE(retry, least * 5 / 3 + 1) << i;
    least = std::min(2 * least, 45'000);
  }
  EXPECT_LE(
      RetryAfterFailure(harness, "Last-Event-ID: 9\r\n", {.code = absl::StatusCode::kUnavailable}),
      10'001);
}

TEST(PrivateStream, AsksABrowserToComeBackLaterWhereAnEndlessStreamHasNothingEachTime) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_endless(true); }));
  int least = 2'250;
  for (int i = 0; i < 4; ++i) {
    const int retry = RetryAfterFailure(harness, "", {});
    EXPECT_GE(retry, least) << i;
    EXPECT_LE(retry, least * 5 / 3 + 1) << i;
    least *= 2;
  }
  harness.Connect();
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  harness.TellEnd({});
  EXPECT_LE(LastRetry(harness.Got()), 3'751);
}

TEST(PrivateStream, AsksForThePauseThatTheServiceWants) {
  RelayHarness harness;
  const int retry = RetryAfterFailure(
      harness, "", {.code = absl::StatusCode::kUnavailable, .retry_after = absl::Seconds(90)});
  EXPECT_GE(retry, 90'000);
  EXPECT_LE(retry, 150'001);
}

TEST(PrivateStream, EndsForGoodWhereTheServiceWantsNoOtherTry) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellHeaders();
  harness.TellEnd({.code = absl::StatusCode::kUnavailable, .never_again = true});
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("\"retryable\":false}\nid: ~end\n\n"));
  EXPECT_THAT(got, EndsWith("\r\n0\r\n\r\n"));
}

TEST(PrivateStream, EndsForGoodAtAMessageThatTheTransportDidNotTake) {
  RelayHarness::Settings settings;
  settings.relay.retryable = {absl::StatusCode::kDataLoss};  // of services that say it
  RelayHarness harness(settings);
  harness.Get(kWatch);
  harness.TellTick("1", "a");
  harness.TellEnd({.code = absl::StatusCode::kDataLoss, .lost = LostMessage::kTooLarge});
  EXPECT_THAT(harness.Got(), HasSubstr("\"retryable\":false}\n"));
  EXPECT_EQ(harness.metrics().Value("unreadable_too_large", "t.Feed.Watch"), 1u);
}

// Or the text of a service could look like an error of Sluice's own.
TEST(PrivateStream, ABodyInAMemberIsOneStringALineOfNdjson) {
  RelayHarness harness(
      WithStream([](auto& stream) { stream.set_event(sluice::v1::StreamOptions::ONEOF); }));
  harness.Get(absl::StrCat(kWatch, "?alt=ndjson"));
  harness.TellBytes(PageBytes("text/plain", "a\n{\"error\":{}}"));
  harness.TellBytes(PageBytes("image/png", "abc"));
  harness.TellTick("1", "x");
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("\r\n\"a\\n{\\\"error\\\":{}}\"\n\r\n"));
  EXPECT_THAT(got, HasSubstr("\r\n\"YWJj\"\n\r\n"));
  EXPECT_THAT(got, HasSubstr("\r\n{\"id\":\"1\",\"text\":\"x\"}\n\r\n"));
}

TEST(PrivateStream, ABodyInAMemberIsItsLinesOfSse) {
  RelayHarness harness(
      WithStream([](auto& stream) { stream.set_event(sluice::v1::StreamOptions::ONEOF); }));
  harness.Get(kWatch);
  harness.TellBytes(PageBytes("text/plain", "a\nb"));
  harness.TellBytes(PageBytes("image/png", "abc"));
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("event: Page\ndata: a\ndata: b\n\n"));
  EXPECT_THAT(got, HasSubstr("event: Page\ndata: YWJj\n\n"));
}

TEST(PrivateStream, AnIdThatIsTooLongIsLeftOutAndCounted) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_id_field("id"); }));
  harness.Get(kWatch);
  harness.TellTick(std::string(125, 'x'), "a");
  EXPECT_THAT(harness.Got(), Not(HasSubstr("\nid: ")));
  EXPECT_EQ(harness.metrics().Value("events_without_id", "t.Feed.Watch"), 1u);
}

TEST(PrivateStream, GrowsOldWithinATenthOfItsAge) {
  RelayHarness harness(
      WithStream([](auto& stream) { stream.mutable_max_age()->set_seconds(100); }));
  harness.Get(kWatch);
  harness.TellHeaders();
  harness.Pass(absl::Seconds(89));
  EXPECT_THAT(harness.Got(), Not(HasSubstr("max_age")));
  harness.Pass(absl::Seconds(22));
  EXPECT_THAT(harness.Got(), HasSubstr("\"reason\":\"max_age\"}\n\n"));
  EXPECT_EQ(harness.service().newest().observer, nullptr);
}

TEST(PrivateStream, ADepartureCancelsTheRpc) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellHeaders();
  EXPECT_NE(harness.service().newest().observer, nullptr);
  harness.Leave();
  EXPECT_EQ(harness.service().newest().observer, nullptr);
  EXPECT_EQ(harness.relay().active(), 0u);
}

TEST(PrivateStream, AHalfCloseIsAnsweredWithAHeartbeat) {
  RelayHarness harness;
  harness.Get(kWatch);
  harness.TellHeaders();
  EXPECT_THAT(harness.Got(), HasSubstr(kHeadEnd));
  harness.CloseSendingSide();
  EXPECT_EQ(harness.Got(), "2\r\n:\n\r\n");
  EXPECT_NE(harness.service().newest().observer, nullptr);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(SLUICE_TSAN)
size_t AllocatedBytes() {
  const struct mallinfo2 all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

// Streams that last would hold a body each.
TEST(PrivateStream, KeepsNothingOfTheRequestOnceTheHeadIsOut) {
  RelayHarness harness;
  constexpr size_t kBodyBytes = 100'000;
  const std::string request = absl::StrCat(
      "POST ", kWatch, " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
      "Content-Length: ", kBodyBytes, "\r\n\r\n{", std::string(kBodyBytes - 2, ' '), "}");
  harness.Send(request);
  ASSERT_EQ(harness.service().calls().size(), 1u);
  const size_t before = AllocatedBytes();
  harness.TellHeaders();
  EXPECT_LT(AllocatedBytes() + kBodyBytes * 9 / 10, before);
  EXPECT_THAT(harness.Got(), HasSubstr("event: stream-open\n"));
}
#endif

TEST(PrivateStream, ResumesByTheFieldAndByTheMetadata) {
  RelayHarness harness(WithStream([](auto& stream) { stream.set_resume_field("after"); }));
  harness.Get(kWatch, "Last-Event-ID: 42\r\n");
  EXPECT_EQ(harness.service().newest().request.message, "\x08\x2a");
  EXPECT_THAT(harness.service().newest().request.metadata,
              testing::Contains(std::pair<std::string, std::string>("last-event-id", "42")));
  harness.TellHeaders();
  EXPECT_THAT(harness.Got(), HasSubstr("\"resume\":\"resumed\"}\nid: 42\n\n"));
}

}  // namespace
}  // namespace sluice
