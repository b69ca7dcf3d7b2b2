// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/topic_window.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/unit/hub/topic_harness.h"

namespace sluice {
namespace {

TopicOptions WithHeartbeat(absl::Duration heartbeat) {
  TopicOptions options;
  options.window.heartbeat = heartbeat;
  options.window.heartbeat_bytes = ":\n";
  return options;
}

// ---- Settled ----

TEST(TopicWindow, IsSettledWhenTheServiceAcceptsTheRpc) {
  TopicHarness harness;
  const auto first = harness.Join();
  int settled = 0;
  first->window->WaitUntilSettled([&] { ++settled; });
  EXPECT_FALSE(first->window->settled());
  harness.topic->Accepted();
  EXPECT_EQ(settled, 0);  // never from inside
  harness.Turn();
  EXPECT_EQ(settled, 1);
  EXPECT_TRUE(first->window->settled());
  harness.Tell("1");
  EXPECT_EQ(settled, 1);
  EXPECT_TRUE(harness.JoinOn(harness.other)->window->settled());
}

TEST(TopicWindow, IsSettledByTheEnd) {
  TopicHarness harness;
  const auto subscriber = harness.JoinOn(harness.other);
  const TopicEnd* end = nullptr;
  subscriber->window->WaitUntilSettled([&] { end = subscriber->window->end(); });
  harness.End({.status = {.code = absl::StatusCode::kNotFound}});
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->status.code, absl::StatusCode::kNotFound);
}

TEST(TopicWindow, TellsNobodyWhoHasStoppedWaiting) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  int settled = 0;
  const uint64_t one = subscriber->window->WaitUntilSettled([&] { settled += 1; });
  subscriber->window->WaitUntilSettled([&] { settled += 10; });
  subscriber->window->StopWaiting(one);
  harness.topic->Accepted();
  harness.Turn();
  EXPECT_EQ(settled, 10);
}

TEST(TopicWindow, GoesWithItsSubscribersWhateverIsOnItsWay) {
  TopicHarness harness;
  auto subscriber = harness.JoinOn(harness.other);
  harness.TellQuietly("1", "", "");
  harness.home.RunReady();
  const std::weak_ptr<TopicWindow> window = subscriber->window;
  subscriber.reset();
  EXPECT_TRUE(window.expired());
  harness.Turn();
  harness.topic->Leave();
  const auto again = harness.JoinOn(harness.other);
  harness.Tell("2");
  EXPECT_EQ(again->Read(), "2\n\n");
}

// ---- Heartbeats ----

TEST(TopicWindow, BeatsAfterSilenceOnly) {
  TopicHarness harness(WithHeartbeat(absl::Seconds(10)));
  const auto subscriber = harness.Join();
  subscriber->window->Start();
  harness.Pass(absl::Seconds(6));
  harness.Tell("1");
  subscriber->Read();
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(subscriber->Read(), "");
  harness.Pass(absl::Seconds(5));
  EXPECT_EQ(subscriber->Read(), ":\n");
  harness.Pass(absl::Seconds(9));
  EXPECT_EQ(subscriber->Read(), "");
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(subscriber->Read(), ":\n");
}

TEST(TopicWindow, BeatsForThoseThatHaveSentEverything) {
  TopicHarness harness(WithHeartbeat(absl::Seconds(10)));
  const auto quick = harness.Join();
  const auto slow = harness.Join();
  quick->window->Start();
  harness.Tell("1");
  quick->Read();
  harness.Pass(absl::Seconds(11));
  harness.Pass(absl::Seconds(11));
  EXPECT_EQ(quick->Read(), ":\n");  // no second one before the first was sent
  EXPECT_EQ(slow->Read(), "1\n\n");
}

TEST(TopicWindow, DoesNotBeatUnlessItIsToldTo) {
  TopicHarness harness;
  const auto subscriber = harness.Join();
  subscriber->window->Start();
  harness.Pass(absl::Hours(1));
  EXPECT_EQ(subscriber->Read(), "");
}

// ---- Presence ----

TEST(TopicWindow, TellsHowManySubscribersThereAreAtMostOnceASecond) {
  TopicHarness harness({.presence = true});
  const auto first = harness.Join();
  harness.Pass(absl::Milliseconds(10));
  EXPECT_EQ(first->Read(), "presence(1)\n\n");
  const auto second = harness.JoinOn(harness.other);
  const auto third = harness.Join();
  harness.Pass(absl::Milliseconds(900));
  EXPECT_EQ(first->Read(), "");
  harness.Pass(absl::Milliseconds(110));
  for (FakeSubscriber* subscriber : {first.get(), second.get(), third.get()}) {
    EXPECT_EQ(subscriber->Read(), "presence(3)\n\n");
  }
}

TEST(TopicWindow, TellsWhenSomebodyLeaves) {
  TopicHarness harness({.presence = true});
  const auto first = harness.Join();
  auto second = harness.Join();
  harness.Pass(absl::Seconds(2));
  first->Read();
  harness.Leave(second);
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(first->Read(), "presence(1)\n\n");
  harness.Pass(absl::Minutes(1));
  EXPECT_EQ(first->Read(), "");
}

TEST(TopicWindow, WelcomesANewcomerWithWhatIsKnown) {
  TopicHarness harness({.presence = true});
  const auto first = harness.Join();
  harness.Pass(absl::Seconds(2));
  const auto second = harness.Join();
  second->window->Welcome(second->body);
  EXPECT_EQ(second->Read(), "presence(1)\n\n");
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(second->Read(), "presence(2)\n\n");
}

TEST(TopicWindow, WelcomesTheFirstNewcomerOfALoopToo) {
  TopicHarness harness({.presence = true});
  const auto first = harness.Join();
  harness.Pass(absl::Seconds(2));
  const auto second = harness.Join();
  harness.Pass(absl::Seconds(1));
  const auto elsewhere = harness.JoinOn(harness.other);
  elsewhere->window->Welcome(elsewhere->body);
  EXPECT_EQ(elsewhere->Read(), "presence(2)\n\n");
}

TEST(TopicWindow, WelcomesNobodyWithACountOfThoseThatHaveLeft) {
  for (const absl::Duration away : {absl::Milliseconds(10), absl::Seconds(2)}) {
    TopicHarness harness({.presence = true});
    auto first = harness.Join();
    const std::shared_ptr<TopicWindow> still_there = first->window;  // a stream that ends
    harness.Pass(absl::Seconds(2));
    harness.Leave(first);
    harness.Pass(away);
    const auto second = harness.Join();
    second->window->Welcome(second->body);
    EXPECT_EQ(second->Read(), "");
    harness.Pass(absl::Milliseconds(10));
    EXPECT_EQ(second->Read(), "presence(1)\n\n");
    harness.Pass(absl::Minutes(1));
    EXPECT_EQ(second->Read(), "");
  }
}

TEST(TopicWindow, TellsThoseThatAreBehindTheNewestCountLater) {
  TopicHarness harness({.presence = true});
  const auto slow = harness.Join();
  harness.Pass(absl::Seconds(2));
  slow->Read();
  harness.Tell("1");  // not read
  const auto second = harness.Join();
  harness.Pass(absl::Seconds(2));
  const auto third = harness.Join();
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(slow->Read(), "1\n\n");
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(slow->Read(), "presence(3)\n\n");
}

TEST(TopicWindow, TellsNobodyUnlessItIsAskedTo) {
  TopicHarness harness;
  const auto first = harness.Join();
  const auto second = harness.Join();
  harness.Pass(absl::Seconds(2));
  EXPECT_EQ(first->Read(), "");
  first->window->Welcome(first->body);
  EXPECT_EQ(first->Read(), "");
}

}  // namespace
}  // namespace sluice
