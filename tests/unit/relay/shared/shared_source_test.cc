// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/shared/shared_source.h"

#include <malloc.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

std::string Opened(const std::string& resume) {
  return "retry: \nevent: stream-open\ndata: {\"stream\":\"t.Feed/Watch\",\"resume\":\"" + resume +
         "\"}\n";
}
std::string Tick(const std::string& text) {
  return "event: Tick\ndata: {\"id\":\"i\",\"text\":\"" + text + "\"}\n";
}
const RpcStatus kAway = {.code = absl::StatusCode::kUnavailable, .message = "away"};
const RpcStatus kNo = {.code = absl::StatusCode::kNotFound, .message = "no"};

// ---- Begin ----

TEST(SharedStream, BeginsWithItsOpeningAndGoesOnLive) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  EXPECT_EQ(harness.Got(*tab), "");
  harness.TellHeaders();
  EXPECT_EQ(harness.Got(*tab), Opened("fresh") + "\n");
  EXPECT_THAT(tab->head(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(tab->head(), HasSubstr("Content-Type: text/event-stream\r\n"));
  harness.Tell("a");
  harness.Tell("b");
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, StartsWith(Tick("a") + "id: "));
  EXPECT_THAT(got, HasSubstr(Tick("b") + "id: "));
  EXPECT_THAT(LastIdOf(got), MatchesRegex("[a-z0-9]{7}-2"));
}

TEST(SharedStream, DoesNotWaitLongerThanTheOpenGrace) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Pass(absl::Milliseconds(240));
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Milliseconds(20));
  EXPECT_EQ(harness.Got(*tab), Opened("fresh") + "\n");
}

TEST(SharedStream, OpensOneRpcForAllThatAskForTheSame) {
  SharedHarness harness("share {}");
  const auto first = harness.Open();
  harness.TellHeaders();
  harness.Got(*first);
  const auto second = harness.Open({.headers = "X-Request-Id: 9\r\nAccept-Language: de\r\n"});
  EXPECT_EQ(harness.Got(*second), Opened("fresh") + "\n");
  harness.Tell("a");
  EXPECT_EQ(harness.Got(*first), harness.Got(*second));
  EXPECT_EQ(harness.calls().size(), 1u);
}

TEST(SharedStream, SharesNothingBetweenThoseThatAskForSomethingElse) {
  SharedHarness harness("share {}");
  const SharedHarness::Visit visits[] = {
      {},
      {.target = "/t.Feed/Watch?name=x"},
      {.target = "/t.Feed/Watch?name=y"},
      {.target = "/t.Feed/Watch?event=message"},
      {.target = "/t.Feed/Watch?alt=ndjson"},
      {.headers = "Authorization: Bearer a\r\n"},
      {.headers = "Authorization: Bearer b\r\n"},
  };
  std::vector<std::unique_ptr<Tab>> tabs;
  for (const SharedHarness::Visit& visit : visits) tabs.push_back(harness.Open(visit));
  EXPECT_EQ(harness.calls().size(), 7u);
  for (const SharedHarness::Visit& visit : visits) tabs.push_back(harness.Open(visit));
  EXPECT_EQ(harness.calls().size(), 7u);
  tabs.push_back(harness.Open({.target = "/t.Feed/Watch?name=x&after=0"}));
  EXPECT_EQ(harness.calls().size(), 7u);  // the zero value: it is the same request
}

TEST(SharedStream, CancelsTheRpcWhenTheLastHasBeenGoneForTheLinger) {
  SharedHarness harness("share { linger { seconds: 2 } }");
  const auto first = harness.Open();
  const auto second = harness.Open();
  first->Leave();
  harness.Pass(absl::Minutes(1));
  EXPECT_TRUE(harness.has_call());
  second->Leave();
  harness.Turn();
  EXPECT_EQ(harness.active(), 0u);
  harness.Pass(absl::Milliseconds(1900));
  EXPECT_TRUE(harness.has_call());
  harness.Pass(absl::Milliseconds(200));
  EXPECT_FALSE(harness.has_call());
}

TEST(SharedStream, SendsHttp10WithoutChunks) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open({.version = "1.0"});
  harness.Tell("a");
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(*tab), StartsWith(Opened("fresh") + "\n" + Tick("a")));
  EXPECT_THAT(tab->head(), Not(HasSubstr("chunked")));
  EXPECT_TRUE(tab->at_end());
}

// ---- Resume ----

TEST(SharedStream, ResumesBehindTheIdThatTheBrowserHolds) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*tab));
  harness.Tell("b");
  const auto again = harness.OpenWithId(id);
  const std::string got = harness.Got(*again);
  EXPECT_THAT(got, StartsWith(Opened("resumed") + "id: " + id + "\n\n" + Tick("b") + "id: "));
  EXPECT_EQ(harness.calls().size(), 1u);
}

TEST(SharedStream, TellsAGapAndGoesOnWithTheOldestThatIsKept) {
  SharedHarness harness("share { history { events: 2 } }");
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string first = LastIdOf(harness.Got(*tab));
  for (const char* text : {"b", "c", "d"}) harness.Tell(text);
  const std::string epoch = first.substr(0, first.find('-'));
  const auto again = harness.OpenWithId(first);
  EXPECT_EQ(harness.Got(*again),
            absl::StrCat(Opened("gap"), "id: ", epoch, "-2\n\n",
                         "event: stream-gap\ndata: {\"from\":\"", first, "\",\"to\":\"", epoch,
                         "-2\",\"reason\":\"not_kept\"}\nid: ", epoch, "-2\n\n", Tick("c"),
                         "id: ", epoch, "-3\n\n", Tick("d"), "id: ", epoch, "-4\n\n"));
}

TEST(SharedStream, GoesOnLiveAfterAGapIfItsRouteSaysSo) {
  SharedHarness harness("share { on_gap: LIVE }");
  const auto tab = harness.Open();
  harness.Tell("a");
  const auto again = harness.OpenWithId("other-1");
  const std::string got = harness.Got(*again);
  EXPECT_THAT(got, HasSubstr("event: stream-gap\n"));
  EXPECT_THAT(got, Not(HasSubstr("event: Tick")));
  harness.Tell("b");
  EXPECT_THAT(harness.Got(*again), StartsWith(Tick("b")));
}

TEST(SharedStream, TakesAnIdOfAnyBytesForAGap) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  for (const std::string id : {"\xff\xfe", "\"\\", "~0", "a-1", "\xe2\x80\xa8"}) {
    const auto again = harness.OpenWithId(id);
    const std::string got = harness.Got(*again);
    EXPECT_THAT(got, StartsWith(Opened("gap"))) << id;
    EXPECT_THAT(got, HasSubstr("\"reason\":\"not_kept\"}\n")) << id;
    EXPECT_THAT(got, Not(HasSubstr("\xff"))) << id;
    EXPECT_THAT(got, HasSubstr(Tick("a")));
  }
  EXPECT_EQ(harness.calls().size(), 1u);
}

TEST(SharedStream, StartsANewcomerWithTheHistoryThatItsRouteSays) {
  SharedHarness all("share { start { at: ALL } }");
  const auto first = all.Open();
  all.Tell("a");
  all.Tell("b");
  EXPECT_THAT(all.Got(*all.Open()), HasSubstr(Tick("a")));
  SharedHarness last("share { start { last: 1 } }");
  const auto other = last.Open();
  last.Tell("a");
  last.Tell("b");
  const std::string got = last.Got(*last.Open());
  EXPECT_THAT(got, StartsWith(Opened("fresh") + "\n" + Tick("b")));
}

// The log forgets with every batch; who has just come must not fall off its end at once.
TEST(SharedStream, IsNotTooSlowBeforeItCouldSendAnything) {
  SharedHarness harness("share { start { at: ALL } history { events: 2 } }", {.loops = 2});
  const auto tab = harness.Open();
  for (const char* text : {"a", "b", "c"}) harness.Tell(text);
  const size_t away = 1 - harness.home();
  const auto newcomer = harness.Connect({.loop = away});
  harness.loop(away).RunReady();            // it asks for a place
  harness.loop(harness.home()).RunReady();  // and gets the oldest one
  harness.service().newest().observer->OnMessage(TickBytes("", "d"));
  harness.loop(harness.home()).RunReady();  // which is forgotten now
  const std::string got = harness.Got(*newcomer);
  EXPECT_THAT(got, StartsWith(Opened("fresh") + "\n" + Tick("c")));
  EXPECT_THAT(got, HasSubstr("\"text\":\"d\""));
}

TEST(SharedStream, IsNotTooSlowIfItWasNeverBlocked) {
  SharedHarness harness("share { history { bytes: 60 } }", {.loops = 2});
  const auto tab = harness.Open();
  harness.TellHeaders();
  const size_t away = 1 - harness.home();
  const auto other = harness.Open({.loop = away});
  for (const char* text : {"a", "b", "c", "d"}) {
    harness.service().newest().observer->OnMessage(TickBytes("i", text));
    harness.loop(harness.home()).RunReady();  // the other loop takes its time
  }
  EXPECT_EQ(harness.Got(*other), harness.Got(*tab));
  harness.Tell("e");
  EXPECT_THAT(harness.Got(*other), StartsWith(Tick("e")));
}

TEST(SharedStream, TellsAGapIfItsIdIsForgottenBeforeItHasItsPlace) {
  SharedHarness harness("share { history { events: 2 } }", {.loops = 2});
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*tab));
  for (const char* text : {"b", "c"}) harness.Tell(text);
  const size_t away = 1 - harness.home();
  const auto again = harness.Connect({.headers = "Last-Event-ID: " + id + "\r\n", .loop = away});
  harness.loop(away).RunReady();
  harness.loop(harness.home()).RunReady();  // it gets a place behind its id
  harness.service().newest().observer->OnMessage(TickBytes("i", "d"));
  harness.loop(harness.home()).RunReady();  // which is forgotten now
  const std::string got = harness.Got(*again);
  const std::string to = id.substr(0, id.find('-')) + "-2";
  EXPECT_THAT(got, StartsWith(Opened("gap") + "id: " + to + "\n\nevent: stream-gap\n"));
  EXPECT_THAT(got, HasSubstr("\"to\":\"" + to + "\",\"reason\":\"not_kept\"}\nid: " + to + "\n\n" +
                             Tick("c")));
}

// ---- The end ----

TEST(SharedStream, AnOkEndIsCleanForEverybody) {
  SharedHarness harness("share {}");
  const auto first = harness.Open();
  const auto second = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*first));
  harness.Got(*second);
  harness.TellEnd({});
  for (Tab* tab : {first.get(), second.get()}) {
    EXPECT_EQ(
        harness.Got(*tab),
        "retry: \nevent: stream-end\ndata: {\"code\":0,\"status\":\"OK\"}\nid: " + id + "~end\n\n");
    EXPECT_TRUE(tab->complete());
  }
  EXPECT_EQ(harness.active(), 0u);
  EXPECT_FALSE(harness.has_call());
}

TEST(SharedStream, TellsTheEndToOneThatComesBackForIt) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*tab));
  harness.TellEnd({});
  const auto again = harness.OpenWithId(id);
  const std::string got = harness.Got(*again);
  EXPECT_THAT(got, StartsWith(Opened("resumed")));
  EXPECT_THAT(got, HasSubstr("event: stream-end\n"));
  EXPECT_TRUE(again->complete());
  EXPECT_EQ(harness.calls().size(), 1u);
  const auto fresh = harness.Open();
  EXPECT_EQ(harness.calls().size(), 2u);
}

TEST(SharedStream, AnOkEndOfAnEndlessStreamIsOpenAndTheNextAsksTheServiceAgain) {
  SharedHarness harness("endless: true share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  const std::string id = LastIdOf(harness.Got(*tab));
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(*tab), EndsWith("\"status\":\"OK\"}\n\n"));
  EXPECT_FALSE(tab->at_end());
  harness.Pass(absl::Milliseconds(1100));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_FALSE(tab->complete());
  const auto again = harness.OpenWithId(id);
  EXPECT_EQ(harness.calls().size(), 2u);
  harness.TellHeaders();
  EXPECT_THAT(harness.Got(*again), StartsWith(Opened("gap")));
}

TEST(SharedStream, AFinalFailureIsCleanAndNamesItsEnd) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  harness.Got(*tab);
  harness.TellEnd(kNo);
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, HasSubstr("\"status\":\"NOT_FOUND\",\"message\":\"no\",\"details\":[],"
                             "\"retryable\":false}\nid: "));
  EXPECT_THAT(got, EndsWith("-1~end\n\n"));
  EXPECT_TRUE(tab->complete());
}

TEST(SharedStream, AFinalFailureBeforeTheHeadIsAnHttpError) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  const auto other = harness.Open();
  harness.TellEnd(kNo);
  for (Tab* each : {tab.get(), other.get()}) {
    EXPECT_THAT(harness.Got(*each), HasSubstr("\"status\":\"NOT_FOUND\",\"message\":\"no\""));
    EXPECT_THAT(each->head(), StartsWith("HTTP/1.1 404 "));
  }
  EXPECT_EQ(harness.active(), 0u);
}

TEST(SharedStream, SaysNothingOfAFailureThatMayPass) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  harness.Got(*tab);
  harness.TellEnd(kAway);
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.calls().size(), 2u);
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Tell("b");
  const std::string got = harness.Got(*tab);
  EXPECT_THAT(got, StartsWith("event: stream-gap\n"));
  EXPECT_THAT(got, HasSubstr("\"reason\":\"reopened\"}\n"));
  EXPECT_THAT(got, HasSubstr(Tick("b")));
}

TEST(SharedStream, TellsAFailureThatMayPassWhenItIsGivenUp) {
  SharedHarness harness("share { reopen { give_up { nanos: 1000000 } } }");
  const auto tab = harness.Open();
  harness.Tell("a");
  harness.Got(*tab);
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  harness.TellEnd(kAway);
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"retryable\":true}\n\n"));
  harness.Pass(absl::Milliseconds(1100));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_EQ(harness.active(), 0u);
}

TEST(SharedStream, SaysGoodbyeWhenTheGatewayIsDrained) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.Tell("a");
  harness.Got(*tab);
  harness.Drain();
  EXPECT_THAT(harness.Got(*tab), EndsWith("\"retryable\":true,\"reason\":\"drain\"}\n\n"));
  harness.Tell("b");
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Milliseconds(1100));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_FALSE(tab->complete());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(SLUICE_TSAN)
size_t AllocatedBytes() {
  const struct mallinfo2 all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

// Streams that wait for their end would hold a body each.
TEST(SharedStream, KeepsNothingOfTheRequestWhenItFailsInsideOfA200) {
  SharedHarness harness("share {}");
  constexpr size_t kBodyBytes = 100'000;
  const auto tab =
      harness.Open({.headers = absl::StrCat(
                        "Content-Type: application/json\r\nContent-Length: ", kBodyBytes, "\r\n"),
                    .verb = "POST",
                    .body = absl::StrCat("{", std::string(kBodyBytes - 2, ' '), "}")});
  const size_t before = AllocatedBytes();
  harness.Drain();
  EXPECT_LT(AllocatedBytes() + kBodyBytes * 9 / 10, before);
  EXPECT_THAT(harness.Got(*tab), StartsWith("retry: \nevent: stream-error\n"));
  EXPECT_THAT(tab->head(), StartsWith("HTTP/1.1 200 "));
}
#endif

TEST(SharedStream, SaysNothingAfterAGoodbyeThoughTheServiceAnswersThen) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  const auto line = harness.Open({.target = "/t.Feed/Watch?alt=ndjson"});
  harness.Drain();
  const std::string goodbye = harness.Got(*tab);
  EXPECT_THAT(goodbye, StartsWith("retry: \nevent: stream-error\n"));
  EXPECT_THAT(harness.Got(*line), HasSubstr("\"status\":\"UNAVAILABLE\""));
  EXPECT_THAT(line->head(), StartsWith("HTTP/1.1 503 "));
  for (const auto& call : harness.calls()) call->observer->OnHeaders();
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Milliseconds(1100));
  harness.Got(*tab);
  EXPECT_TRUE(tab->at_end());
  EXPECT_EQ(harness.active(), 0u);
}

TEST(SharedStream, GrowsOldWithinATenthOfItsAge) {
  SharedHarness harness("max_age { seconds: 100 } heartbeat {} share {}");
  const auto tab = harness.Open();
  harness.TellHeaders();
  harness.Got(*tab);
  harness.Pass(absl::Seconds(89));
  EXPECT_EQ(harness.Got(*tab), "");
  harness.Pass(absl::Seconds(22));
  EXPECT_THAT(harness.Got(*tab), HasSubstr("\"reason\":\"max_age\"}\n\n"));
}

TEST(SharedStream, RefusesOneThatThereIsNoRoomFor) {
  SharedHarness harness("share {}", {.max_topics = 1});
  const auto tab = harness.Open();
  const auto other = harness.Open({.target = "/t.Feed/Watch?name=x"});
  EXPECT_THAT(harness.Got(*other), HasSubstr("\"reason\":\"too_many_topics\"}\n\n"));
  EXPECT_THAT(other->head(), StartsWith("HTTP/1.1 200 "));
  const auto line = harness.Open({.target = "/t.Feed/Watch?name=x&alt=ndjson"});
  EXPECT_THAT(harness.Got(*line), HasSubstr("too many different streams"));
  EXPECT_THAT(line->head(), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(line->head(), HasSubstr("Retry-After: "));
  EXPECT_EQ(harness.metrics().Value("relay_refused", "too_many_topics"), 2u);
}

// ---- What a connection does ----

TEST(SharedStream, AnswersAHalfCloseWithAHeartbeat) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  harness.TellHeaders();
  harness.Got(*tab);
  tab->CloseSendingSide();
  EXPECT_EQ(harness.Got(*tab), ":\n");
  harness.Tell("a");
  EXPECT_THAT(harness.Got(*tab), StartsWith(Tick("a")));
}

TEST(SharedStream, AnswersAHalfCloseWithAnEventWhereTheRouteWantsHeartbeatsAsEvents) {
  SharedHarness harness("share {} heartbeat_event: true");
  const auto tab = harness.Open();
  harness.TellHeaders();
  harness.Got(*tab);
  tab->CloseSendingSide();
  EXPECT_EQ(harness.Got(*tab), "event: stream-heartbeat\ndata: {}\n\n");
}

TEST(SharedStream, AnswersAHalfCloseBehindItsHead) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open();
  tab->CloseSendingSide();
  EXPECT_EQ(harness.Got(*tab), "");
  harness.TellHeaders();
  EXPECT_EQ(harness.Got(*tab), Opened("fresh") + "\n:\n");
}

TEST(SharedStream, TakesAHalfCloseForADepartureWhereItCannotAsk) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?alt=ndjson"});
  harness.TellHeaders();
  tab->CloseSendingSide();
  harness.Turn();
  EXPECT_EQ(harness.active(), 0u);
}

TEST(SharedStream, BeatsAfterSilence) {
  SharedHarness harness("heartbeat { seconds: 10 } heartbeat_event: true share {}");
  const auto tab = harness.Open();
  harness.TellHeaders();
  harness.Got(*tab);
  harness.Pass(absl::Seconds(11));
  EXPECT_EQ(harness.Got(*tab), "event: stream-heartbeat\ndata: {}\n\n");
}

TEST(SharedStream, TellsHowManyWatch) {
  SharedHarness harness("share { presence: true }");
  const auto first = harness.Open();
  harness.TellHeaders();
  harness.Pass(absl::Seconds(2));
  EXPECT_THAT(harness.Got(*first),
              EndsWith("event: stream-presence\ndata: {\"subscribers\":1}\n\n"));
  const auto second = harness.Open();
  EXPECT_EQ(harness.Got(*second),
            Opened("fresh") + "\nevent: stream-presence\ndata: {\"subscribers\":1}\n\n");
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.Got(*second), "event: stream-presence\ndata: {\"subscribers\":2}\n\n");
}

// ---- NDJSON ----

TEST(SharedStream, IsLinesOnNdjson) {
  SharedHarness harness("heartbeat { seconds: 1 } share { presence: true }");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?alt=ndjson"});
  harness.Tell("a");
  harness.Pass(absl::Seconds(30));
  harness.TellEnd(kAway);
  harness.Pass(absl::Seconds(2));
  harness.Tell("b");
  EXPECT_EQ(harness.Got(*tab), "{\"id\":\"i\",\"text\":\"a\"}\n{\"id\":\"i\",\"text\":\"b\"}\n");
  EXPECT_THAT(tab->head(), HasSubstr("Content-Type: application/x-ndjson\r\n"));
  harness.TellEnd(kNo);
  EXPECT_THAT(harness.Got(*tab), StartsWith("{\"error\":{\"code\":5,"));
  EXPECT_FALSE(tab->complete());
}

TEST(SharedStream, AnOkEndOnNdjsonIsCleanAndSaysNothing) {
  SharedHarness harness("share {}");
  const auto tab = harness.Open({.target = "/t.Feed/Watch?alt=ndjson"});
  harness.Tell("a");
  harness.TellEnd({});
  EXPECT_EQ(harness.Got(*tab), "{\"id\":\"i\",\"text\":\"a\"}\n");
  EXPECT_TRUE(tab->complete());
}

}  // namespace
}  // namespace sluice
