// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/topic.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/hub/topic_harness.h"

namespace sluice {
namespace {

using Outcome = LogStart::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// ---- First and last ----

TEST(Topic, OpensItsRpcForTheFirstSubscriberOnly) {
  TopicHarness harness;
  EXPECT_TRUE(harness.source.opened.empty());
  const auto first = harness.Join();
  const auto second = harness.JoinOn(harness.other);
  EXPECT_THAT(harness.source.opened, ElementsAre(""));
  EXPECT_EQ(harness.topic->subscribers(), 2u);
}

TEST(Topic, IsIdleWhenNobodyHasBeenThereForTheLinger) {
  TopicHarness harness;
  auto first = harness.Join();
  auto second = harness.Join();
  harness.Leave(first);
  harness.Pass(absl::Minutes(1));
  EXPECT_EQ(harness.idle, 0);
  harness.Leave(second);
  EXPECT_EQ(harness.topic->idle_since(), harness.clock.Now());
  harness.Pass(absl::Milliseconds(4900));
  EXPECT_EQ(harness.idle, 0);
  harness.Pass(absl::Milliseconds(200));
  EXPECT_EQ(harness.idle, 1);
}

TEST(Topic, IsNotIdleIfSomebodyComesBackInTime) {
  TopicHarness harness;
  auto first = harness.Join();
  harness.Tell("1");
  harness.Leave(first);
  harness.Pass(absl::Seconds(4));
  const auto again = harness.Join();
  harness.Pass(absl::Minutes(1));
  EXPECT_EQ(harness.idle, 0);
  EXPECT_EQ(harness.source.opened.size(), 1u);
  harness.Tell("2");
  EXPECT_EQ(again->Read(), "2\n\n");
}

// It can serve nobody, and each failing request would take a place for the linger.
TEST(Topic, DoesNotLingerIfItHasEndedAndHasNothing) {
  TopicHarness harness;
  auto subscriber = harness.Join();
  harness.End({.status = {.code = absl::StatusCode::kNotFound}});
  subscriber.reset();
  harness.topic->Leave();
  EXPECT_EQ(harness.idle, 0);  // never from inside
  harness.Pass(absl::Milliseconds(10));
  EXPECT_EQ(harness.idle, 1);
}

TEST(Topic, LingersIfItHasEndedAndHasEvents) {
  TopicHarness harness;
  auto subscriber = harness.Join();
  harness.Tell("1");
  harness.End();
  harness.Leave(subscriber);
  harness.Pass(absl::Seconds(4));
  EXPECT_EQ(harness.idle, 0);
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.idle, 1);
}

// ---- Events ----

TEST(Topic, BringsEveryEventToSubscribersOnEveryLoop) {
  TopicHarness harness;
  const auto here = harness.Join();
  const auto there = harness.JoinOn(harness.other);
  harness.Tell("1");
  harness.Tell("2");
  EXPECT_EQ(here->Read(), "1\n\n2\n\n");
  EXPECT_EQ(there->Read(), "1\n\n2\n\n");
}

TEST(Topic, TellsABatchOnce) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  for (const char* text : {"1", "2", "3"}) harness.TellQuietly(text, "", "");
  EXPECT_EQ(subscriber->Read(), "");
  EXPECT_EQ(harness.home.RunReady(), 2u);  // the windows are told that it is open, and the batch
  EXPECT_EQ(subscriber->Read(), "1\n\n2\n\n3\n\n");
}

TEST(Topic, WakesAnotherLoopOnceUntilItHasLooked) {
  TopicHarness harness;
  const auto subscriber = harness.JoinOn(harness.other);
  harness.Tell("1");
  for (const char* text : {"2", "3", "4"}) {
    harness.TellQuietly(text, "", "");
    harness.home.RunReady();
  }
  EXPECT_EQ(harness.other.RunReady(), 1u);
  EXPECT_EQ(subscriber->Read(), "1\n\n2\n\n3\n\n4\n\n");
}

TEST(Topic, StartsANewcomerWhereItsRouteSays) {
  TopicHarness live;
  const auto first = live.Join();
  for (const char* text : {"1", "2", "3"}) live.Tell(text);
  EXPECT_EQ(live.Join()->Read(), "");
  TopicHarness last({.start_with_last = 2});
  const auto other = last.Join();
  for (const char* text : {"1", "2", "3"}) last.Tell(text);
  EXPECT_EQ(last.Join()->Read(), "2\n\n3\n\n");
}

TEST(Topic, StartsANewcomerWithEventsThoughAGapIsNewer) {
  TopicHarness harness({.start_with_last = 2});
  const auto first = harness.Join();
  harness.Tell("1");
  harness.Tell("2");
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.topic->Accepted();
  harness.Turn();
  EXPECT_THAT(harness.Join()->Read(), MatchesRegex("1\n\n2\n\ngap[^\n]*\n\n"));
  harness.Tell("3");
  harness.Tell("4");
  EXPECT_EQ(harness.Join()->Read(), "3\n\n4\n\n");  // the gap before them is not his
}

TEST(Topic, ResumesBehindAnIdAndKnowsIt) {
  TopicHarness harness;
  const auto first = harness.Join();
  harness.Tell("1");
  const std::string id = harness.topic->log().last_id();
  EXPECT_THAT(id, MatchesRegex("[a-z0-9]{7}-1"));
  harness.Tell("2");
  const auto again = harness.Join(id);
  EXPECT_EQ(again->start.outcome, Outcome::kResumed);
  EXPECT_EQ(again->Read(), "2\n\n");
  EXPECT_TRUE(harness.topic->Knows(id));
  EXPECT_FALSE(harness.topic->Knows("other-1"));
  EXPECT_FALSE(harness.topic->Knows(""));
  EXPECT_EQ(harness.Join("other-1")->start.outcome, Outcome::kGap);
}

TEST(Topic, HasAnotherEpochInEachIncarnation) {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert(TopicHarness().topic->NextId());
  EXPECT_EQ(ids.size(), 20u);
}

TEST(Topic, GivesANewcomerAPlaceWhileABatchIsNotToldYet) {
  TopicHarness harness;
  const auto first = harness.Join();
  harness.Tell("1");
  harness.TellQuietly("2", "", "");
  const auto newcomer = harness.Join();
  EXPECT_TRUE(newcomer->body.idle());
  harness.Turn();
  EXPECT_EQ(newcomer->Read(), "");
  harness.Tell("3");
  EXPECT_EQ(newcomer->Read(), "3\n\n");
  EXPECT_EQ(first->Read(), "1\n\n2\n\n3\n\n");
}

// ---- Bounds ----

TEST(Topic, ForgetsWithTheNextBatchSoThatThoseThatKeepUpLoseNothing) {
  TopicHarness harness({.log = {.max_events = 2}});
  const auto subscriber = harness.Join();
  for (int i = 0; i < 10; ++i) harness.TellQuietly("x", "", "");
  harness.Turn();
  EXPECT_EQ(subscriber->Read().size(), 30u);
  EXPECT_EQ(subscriber->needs, "");
  harness.Tell("x");
  EXPECT_EQ(harness.topic->log().events(), 2u);
}

TEST(Topic, LosesThoseThatAreBehind) {
  TopicHarness harness({.log = {.max_events = 2}});
  const auto subscriber = harness.Join();
  for (int i = 0; i < 2; ++i) harness.Tell("x");
  EXPECT_EQ(subscriber->needs, "");
  harness.Tell("x");
  EXPECT_EQ(subscriber->needs, "lost ");
}

TEST(Topic, KeepsWhatAnotherLoopHasNotLookedAtUpToTwiceItsBytes) {
  TopicHarness harness({.log = {.max_events = 2, .max_bytes = 60}});
  const auto subscriber = harness.JoinOn(harness.other);
  harness.Turn();
  int events = 0;
  for (; events < 39; ++events) {
    harness.TellQuietly("x", "", "");  // three bytes each
    harness.home.RunReady();
  }
  EXPECT_EQ(harness.topic->log().events(), 39u);
  for (; events < 50; ++events) {
    harness.TellQuietly("x", "", "");
    harness.home.RunReady();
  }
  EXPECT_LT(harness.topic->log().bytes(), 120u);
  harness.Turn();
  EXPECT_EQ(subscriber->needs, "lost ");
}

TEST(Topic, ForgetsWhatIsTooOldThoughNothingNewComes) {
  TopicHarness harness({.log = {.max_age = absl::Seconds(10)}, .start_with_last = 100});
  const auto subscriber = harness.Join();
  harness.Tell("1");
  harness.Pass(absl::Seconds(5));
  harness.Tell("2");
  harness.Tell("3");
  harness.Pass(absl::Milliseconds(5100));
  EXPECT_EQ(harness.Join()->Read(), "2\n\n3\n\n");
  harness.Pass(absl::Hours(1));
  EXPECT_EQ(harness.Join()->Read(), "3\n\n");
}

TEST(Topic, KeepsTheNewestOfEachKeyForThoseThatAreBehind) {
  TopicHarness harness({.log = {.max_events = 1}, .latest = true});
  const auto subscriber = harness.Join();
  harness.Tell("a1", "a");
  harness.Tell("b1", "b");
  harness.Tell("a2", "a");
  EXPECT_EQ(harness.topic->Newest(0, 1000).frames, "b1\n\na2\n\n");
}

// ---- The RPC's ends ----

TEST(Topic, OpensAFailedRpcAgainAfterABackOffThatGrows) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  for (const int seconds : {1, 2, 4, 8, 16, 30, 30}) {
    harness.Fail();
    const size_t before = harness.source.opened.size();
    harness.Pass(absl::Seconds(seconds) * 0.74);
    EXPECT_EQ(harness.source.opened.size(), before) << seconds;
    harness.Pass(absl::Seconds(seconds) * 0.52);
    EXPECT_EQ(harness.source.opened.size(), before + 1) << seconds;
  }
  EXPECT_EQ(subscriber->window->end(), nullptr);
  EXPECT_EQ(subscriber->Read(), "");
}

TEST(Topic, JittersItsBackOff) {
  TopicHarness harness({.reopen_min = absl::Seconds(100), .reopen_max = absl::Seconds(100)});
  const auto subscriber = harness.Join();
  std::set<int> waits;
  for (int i = 0; i < 20; ++i) {
    harness.Fail();
    const size_t before = harness.source.opened.size();
    int wait = 0;
    for (; harness.source.opened.size() == before; ++wait) harness.Pass(absl::Seconds(1));
    waits.insert(wait);
  }
  EXPECT_GT(waits.size(), 5u);
  EXPECT_GE(*waits.begin(), 75);
  EXPECT_LE(*waits.rbegin(), 126);
}

TEST(Topic, GoesOnWithItsBackOffThoughEventsHaveCome) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  for (const int seconds : {1, 2, 4, 8, 16, 30, 30}) {
    harness.Tell("1");
    harness.Fail();
    const size_t before = harness.source.opened.size();
    harness.Pass(absl::Seconds(seconds) * 0.74);
    EXPECT_EQ(harness.source.opened.size(), before) << seconds;
    harness.Pass(absl::Seconds(seconds) * 0.52);
    EXPECT_EQ(harness.source.opened.size(), before + 1) << seconds;
  }
}

TEST(Topic, BeginsItsBackOffAnewOnceAnRpcHasLasted) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  for (int i = 0; i < 4; ++i) {
    harness.Fail();
    harness.Pass(absl::Seconds(40));
  }
  harness.Tell("1");
  harness.Pass(absl::Seconds(31));
  harness.Fail();
  harness.Pass(absl::Milliseconds(1260));
  EXPECT_EQ(harness.source.opened.size(), 6u);
}

TEST(Topic, WaitsAsLongAsTheServiceAsksFor) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  harness.End({.status = {.code = absl::StatusCode::kUnavailable},
               .retryable = true,
               .service_pause = absl::Seconds(100)});
  harness.Pass(absl::Seconds(99));
  EXPECT_EQ(harness.source.opened.size(), 1u);
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(harness.source.opened.size(), 2u);
}

TEST(Topic, KeepsAGapInThePlaceOfAnEvent) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  harness.Tell("1");
  const std::string before = harness.topic->log().last_id();
  const std::string id = harness.topic->NextId();
  harness.topic->AppendGap({.from = before, .to = id, .reason = "unreadable"}, id, std::nullopt);
  harness.Tell("3");
  const std::string gap = absl::StrCat("gap(", before, ",", id, ",unreadable,", id, ")\n\n");
  EXPECT_EQ(subscriber->Read(), absl::StrCat("1\n\n", gap, "3\n\n"));
  EXPECT_EQ(harness.Join(before)->Read(), absl::StrCat(gap, "3\n\n"));
  EXPECT_EQ(harness.Join(id)->Read(), "3\n\n");
  harness.source.silent = true;
  harness.topic->AppendGap({.from = id, .to = "", .reason = "unreadable"}, "", std::nullopt);
  harness.Turn();
  EXPECT_EQ(subscriber->Read(), "");
}

TEST(Topic, TakesAGapForTheNewestOfItsKey) {
  TopicHarness harness({.latest = true});
  const auto subscriber = harness.Join();
  harness.Tell("a1", "a");
  harness.Tell("b1", "b");
  harness.topic->AppendGap({.from = "", .to = "x", .reason = "r"}, "x", "a");
  harness.topic->AppendGap({.from = "", .to = "y", .reason = "r"}, "y", std::nullopt);
  harness.Tell("c1", "c");
  EXPECT_EQ(harness.topic->Newest(0, 1000).frames, "b1\n\ngap(,x,r,x)\n\ngap(,y,r,y)\n\nc1\n\n");
}

TEST(Topic, TellsThatAnRpcThatWasOpenedAgainMayHaveMissedSomething) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  harness.Tell("1");
  const std::string before = harness.topic->log().last_id();
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  EXPECT_THAT(harness.source.opened, ElementsAre("", ""));
  EXPECT_EQ(subscriber->Read(), "1\n\n");  // nothing until it is accepted
  harness.Tell("2");
  const std::string gap = subscriber->Read();
  const std::string id = harness.topic->log().last_id();
  const std::string epoch = id.substr(0, id.find('-'));
  EXPECT_EQ(gap, absl::StrCat("gap(", before, ",", epoch, "-2,reopened,", epoch, "-2)\n\n2\n\n"));
  EXPECT_NE(epoch, before.substr(0, before.find('-')));
  EXPECT_EQ(id, epoch + "-3");
}

TEST(Topic, TellsThatThoughNothingHadComeBefore) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  harness.topic->Accepted();
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.topic->Accepted();
  harness.Turn();
  EXPECT_THAT(subscriber->Read(), StartsWith("gap("));
}

TEST(Topic, TellsNothingIfNoServiceHadAcceptedBefore) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.Tell("1");
  EXPECT_EQ(subscriber->Read(), "1\n\n");
}

TEST(Topic, SendsNoFrameOfItsOwnWhereThereIsNone) {
  TopicHarness harness;
  harness.source.silent = true;
  const auto subscriber = harness.Join();
  harness.Tell("1");
  const std::string before = harness.topic->log().last_id();
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.Tell("2");
  EXPECT_EQ(subscriber->Read(), "1\n\n2\n\n");
  EXPECT_NE(harness.topic->log().last_id().substr(0, 7), before.substr(0, 7));
}

TEST(Topic, GoesOnBehindTheLastIdIfTheServiceCan) {
  TopicHarness harness({.log = {.ids = EventLog::Ids::kAuthors}, .can_resume = true});
  const auto subscriber = harness.Join();
  harness.TellWithId("1", "a");
  harness.TellWithId("2", "b");
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  EXPECT_THAT(harness.source.opened, ElementsAre("", "b"));
  harness.TellWithId("3", "c");
  EXPECT_EQ(subscriber->Read(), "1\n\n2\n\n3\n\n");
}

TEST(Topic, TellsAGapIfTheServiceDoesNotTakeTheLastId) {
  TopicHarness harness({.log = {.ids = EventLog::Ids::kAuthors}, .can_resume = true});
  harness.source.resumes = false;
  const auto subscriber = harness.Join();
  harness.TellWithId("1", "a");
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.TellWithId("2", "b");
  EXPECT_EQ(subscriber->Read(), "1\n\ngap(a,,reopened,)\n\n2\n\n");
}

TEST(Topic, GoesOnBehindTheNewestIdThoughEventsWithoutOneFollowed) {
  TopicHarness harness({.log = {.ids = EventLog::Ids::kAuthors}, .can_resume = true});
  const auto subscriber = harness.Join();
  harness.TellWithId("1", "a");
  harness.Tell("2");
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  EXPECT_THAT(harness.source.opened, ElementsAre("", "a"));
  harness.Tell("2");  // it has no id: the service sends it again
  harness.TellWithId("3", "b");
  EXPECT_EQ(subscriber->Read(), "1\n\n2\n\n2\n\n3\n\n");
}

// Who was away when the RPC was opened again holds the same id as who was there.
TEST(Topic, TellsAGapBehindAnAuthorsIdToThoseThatComeBackWithIt) {
  TopicHarness harness({.log = {.max_events = 3, .ids = EventLog::Ids::kAuthors}});
  const auto first = harness.Join();
  harness.TellWithId("1", "a");
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.TellWithId("2", "b");
  EXPECT_EQ(harness.Join("a")->Read(), "gap(a,,reopened,)\n\n2\n\n");
  harness.TellWithId("3", "c");
  EXPECT_EQ(harness.Join("a")->start.outcome, Outcome::kResumed);
  harness.TellWithId("4", "d");  // now the gap is forgotten
  EXPECT_EQ(harness.Join("a")->start.outcome, Outcome::kGap);
}

TEST(Topic, GivesUpWhenItHasFailedForThatLong) {
  TopicHarness harness({.give_up = absl::Seconds(10)});
  const auto subscriber = harness.Join();
  harness.Tell("1");
  const std::string id = harness.topic->log().last_id();
  for (int i = 0; i < 3; ++i) {
    harness.Fail();
    EXPECT_EQ(subscriber->window->end(), nullptr);
    harness.Pass(absl::Seconds(4));
  }
  harness.Fail();
  ASSERT_NE(subscriber->window->end(), nullptr);
  EXPECT_TRUE(subscriber->window->end()->retryable);
  EXPECT_EQ(subscriber->window->end()->status.message, "away");
  EXPECT_EQ(subscriber->window->end()->last_id, id);
  EXPECT_EQ(harness.source.closed, 1);
  EXPECT_TRUE(harness.topic->has_ended());
}

TEST(Topic, BeginsToFailAnewOnceItsRpcWasOpenForLong) {
  TopicHarness harness({.give_up = absl::Minutes(2)});
  const auto subscriber = harness.Join();
  for (int i = 0; i < 4; ++i) {
    harness.Fail();
    harness.Pass(absl::Seconds(12));
  }
  harness.topic->Accepted();
  harness.Pass(absl::Hours(1));  // nothing comes, and nothing is wrong
  harness.Fail();
  EXPECT_EQ(subscriber->window->end(), nullptr);
  const size_t before = harness.source.opened.size();
  harness.Pass(absl::Milliseconds(1260));
  EXPECT_EQ(harness.source.opened.size(), before + 1);
}

TEST(Topic, GivesUpThoughTheServiceAcceptsEveryCallBeforeItFails) {
  TopicHarness harness({.give_up = absl::Minutes(2)});
  const auto subscriber = harness.Join();
  for (int i = 0; i < 5; ++i) {
    harness.topic->Accepted();
    harness.Pass(absl::Seconds(1));
    harness.Fail();
    harness.Pass(absl::Seconds(40));
  }
  EXPECT_NE(subscriber->window->end(), nullptr);
}

TEST(Topic, EndsAtOnceWithOkAndWithAFinalFailure) {
  const TopicEnd ends[] = {{}, {.status = {.code = absl::StatusCode::kNotFound, .message = "no"}}};
  for (const TopicEnd& end : ends) {
    TopicHarness harness;
    const auto here = harness.Join();
    const auto there = harness.JoinOn(harness.other);
    harness.TellQuietly("last", "", "");
    harness.End(end);
    harness.End({.status = {.code = absl::StatusCode::kInternal}});  // too late
    for (FakeSubscriber* subscriber : {here.get(), there.get()}) {
      EXPECT_EQ(subscriber->needs, "");
      EXPECT_EQ(subscriber->Read(), "last\n\n");
      EXPECT_EQ(subscriber->needs, "caught_up ");
      ASSERT_NE(subscriber->window->end(), nullptr);
      EXPECT_EQ(subscriber->window->end()->status.code, end.status.code);
      EXPECT_EQ(subscriber->window->end()->last_id, harness.topic->log().last_id());
    }
    EXPECT_EQ(harness.source.closed, 1);
  }
}

TEST(Topic, TellsItsEndToThoseThatComeAfterwards) {
  TopicHarness harness;
  auto first = harness.Join();
  harness.Tell("1");
  harness.Tell("2");
  const std::string id = harness.topic->log().StartWithLast(1).id;
  harness.End();
  harness.Leave(first);
  const auto late = harness.JoinOn(harness.other, id);
  EXPECT_TRUE(late->window->settled());
  EXPECT_EQ(late->Read(), "2\n\n");
  EXPECT_EQ(late->needs, "caught_up ");
  EXPECT_EQ(harness.source.opened.size(), 1u);
}

TEST(Topic, DoesNotOpenAFailedRpcAgainForNobody) {
  TopicHarness harness({.linger = absl::Hours(1)});
  auto subscriber = harness.Join();
  harness.Tell("1");
  harness.Leave(subscriber);
  harness.Fail();
  harness.Pass(absl::Minutes(30));
  EXPECT_EQ(harness.source.opened.size(), 1u);
  const auto again = harness.Join();
  EXPECT_EQ(harness.source.opened.size(), 2u);
  harness.Tell("2");
  EXPECT_THAT(again->Read(), StartsWith("gap("));
}

TEST(Topic, DoesNotOpenAFailedRpcMoreOftenForThoseThatComeAndGo) {
  TopicHarness harness({.reopen_min = absl::Seconds(10)});
  for (int visit = 0; visit < 5; ++visit) {
    auto subscriber = harness.Join();
    if (visit == 0) harness.Fail();
    harness.Pass(absl::Seconds(1));
    harness.Leave(subscriber);
  }
  EXPECT_EQ(harness.source.opened.size(), 1u);
  const auto subscriber = harness.Join();
  harness.Pass(absl::Seconds(8));
  EXPECT_EQ(harness.source.opened.size(), 2u);
}

TEST(Topic, IsIdleThoughItWaitedForItsNextAttempt) {
  TopicHarness harness;
  auto subscriber = harness.Join();
  harness.Fail();
  harness.Leave(subscriber);
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(harness.idle, 1);
  EXPECT_EQ(harness.source.opened.size(), 1u);
}

// Browsers that come back for more than there is would keep a dead topic alive among them.
TEST(Topic, HasNothingForThoseThatSawAllOfAStreamThatMayComeAgain) {
  TopicHarness harness({.give_up = absl::Nanoseconds(1)});
  const auto subscriber = harness.Join();
  harness.Tell("1");
  harness.Tell("2");
  const std::string last = harness.topic->log().last_id();
  const std::string before = harness.topic->log().StartWithLast(1).id;
  harness.Fail();
  harness.Pass(absl::Seconds(2));
  harness.Fail();
  ASSERT_TRUE(harness.topic->has_ended());
  EXPECT_FALSE(harness.topic->Knows(last));
  EXPECT_TRUE(harness.topic->Knows(before));
}

TEST(Topic, HasTheEndForThoseThatSawAllOfAStreamThatIsOver) {
  for (const bool endless : {false, true}) {
    TopicHarness harness({.endless = endless});
    const auto subscriber = harness.Join();
    harness.Tell("1");
    harness.End();
    EXPECT_EQ(harness.topic->Knows(harness.topic->log().last_id()), !endless);
  }
}

}  // namespace
}  // namespace sluice
