// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/hub.h"

#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/hub/topic_harness.h"

namespace sluice {
namespace {

TopicKey KeyOf(absl::string_view name) {
  TopicKey key;
  key.Add(name);
  return key;
}

class HubTest : public testing::Test {
 protected:
  // The id of the topic that is found or made; 0 for none.
  uint64_t Ask(absl::string_view name, absl::string_view last_event_id = "") {
    Hub::Entry* entry = hub_.FindOrMake(KeyOf(name), name, last_event_id,
                                        [this](absl::AnyInvocable<void()> on_idle) {
                                          ++made_;
                                          return NewTopic(std::move(on_idle));
                                        });
    return entry == nullptr ? 0 : entry->id;
  }
  std::unique_ptr<Topic> NewTopic(absl::AnyInvocable<void()> on_idle) {
    auto topic = std::make_unique<Topic>(options_, loop_, std::move(on_idle));
    topic->SetSource(source_.Make());
    return topic;
  }
  Topic& At(uint64_t id) { return *hub_.Find(id); }
  void Join(uint64_t id) { At(id).Join(loop_, ""); }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    loop_.RunReady();
  }
  void TellAndEnd(uint64_t id) {
    At(id).Accepted();
    AppendTo(At(id), "x\n\n", At(id).NextId(), "");
    At(id).Ended({});
    loop_.RunReady();
  }

  FakeClock clock_;
  Loop loop_{clock_};
  FakeSource source_;
  TopicOptions options_ = Roomy(TopicOptions());
  int made_ = 0;
  Hub hub_{loop_, 3};
};

TEST(TopicKey, CountsEachPartByItself) {
  TopicKey a, b, c;
  a.Add("a");
  a.Add("bc");
  b.Add("ab");
  b.Add("c");
  EXPECT_FALSE(a == b);
  c.Add("a");
  c.Add("bc");
  EXPECT_TRUE(a == c);
  EXPECT_FALSE(KeyOf("a2:bc") == a);
  EXPECT_EQ(absl::HashOf(a), absl::HashOf(c));
}

TEST(TopicKey, ComparesMessagesByTheirBytes) {
  const auto with = [](absl::string_view message) {
    TopicKey key = KeyOf("a");
    key.SetMessage(std::make_shared<const std::string>(message));
    return key;
  };
  EXPECT_TRUE(with("m") == with("m"));
  EXPECT_EQ(absl::HashOf(with("m")), absl::HashOf(with("m")));
  EXPECT_FALSE(with("m") == with("n"));
  EXPECT_FALSE(with("1:m") == [] {
    TopicKey key = KeyOf("a");
    key.Add("m");
    return key;
  }());
  EXPECT_TRUE(with("") == KeyOf("a"));
}

TEST_F(HubTest, KeepsAMessageOnceAndAsLongAsItsTopic) {
  std::weak_ptr<const std::string> kept;
  {
    auto message = std::make_shared<const std::string>("message");
    kept = message;
    TopicKey key = KeyOf("a");
    key.SetMessage(std::move(message));
    hub_.FindOrMake(
            key, "a", "",
            [this](absl::AnyInvocable<void()> on_idle) { return NewTopic(std::move(on_idle)); })
        ->topic->Join(loop_, "");
  }
  EXPECT_FALSE(kept.expired());  // the hub's is the one that it was given
  At(1).Leave();
  Pass(absl::Seconds(6));
  EXPECT_TRUE(kept.expired());
}

TEST_F(HubTest, MakesATopicOnceForEachKey) {
  const uint64_t a = Ask("a");
  EXPECT_EQ(Ask("a"), a);
  EXPECT_NE(Ask("b"), a);
  EXPECT_EQ(made_, 2);
  EXPECT_EQ(hub_.size(), 2u);
  EXPECT_EQ(hub_.Find(77), nullptr);
}

TEST_F(HubTest, DestroysATopicThatNobodyWantsAfterItsLinger) {
  const uint64_t a = Ask("a");
  Join(a);
  At(a).Leave();
  Pass(absl::Seconds(6));
  EXPECT_EQ(hub_.size(), 0u);
  EXPECT_EQ(hub_.Find(a), nullptr);
  EXPECT_NE(Ask("a"), a);
}

TEST_F(HubTest, LetsTheOneGoThatHasBeenIdleLongest) {
  const uint64_t watched = Ask("watched");
  Join(watched);
  const uint64_t idle = Ask("idle");
  Join(idle);
  const uint64_t later = Ask("later");
  Join(later);
  At(idle).Leave();
  Pass(absl::Seconds(1));
  At(later).Leave();
  EXPECT_NE(Ask("new"), 0u);
  EXPECT_EQ(hub_.Find(idle), nullptr);
  EXPECT_NE(hub_.Find(later), nullptr);
  EXPECT_NE(hub_.Find(watched), nullptr);
  EXPECT_EQ(hub_.size(), 3u);
}

TEST_F(HubTest, RefusesOneMoreWhereAllAreWatched) {
  for (const char* name : {"a", "b", "c"}) Join(Ask(name));
  EXPECT_EQ(Ask("d"), 0u);
  EXPECT_NE(Ask("b"), 0u);
  EXPECT_EQ(hub_.size(), 3u);
}

TEST_F(HubTest, ReplacesATopicThatHasEndedUnlessTheIdIsKnownThere) {
  const uint64_t ended = Ask("a");
  Join(ended);
  TellAndEnd(ended);
  const std::string id = At(ended).log().last_id();
  EXPECT_EQ(Ask("a", id), ended);
  const uint64_t fresh = Ask("a");
  EXPECT_NE(fresh, ended);
  EXPECT_EQ(Ask("a"), fresh);
  EXPECT_EQ(Ask("a", "other-1"), fresh);
  EXPECT_EQ(Ask("a", id), fresh);  // the newer one: the id is a gap there
  Join(fresh);
  At(ended).Leave();
  Pass(absl::Seconds(6));
  EXPECT_EQ(hub_.Find(ended), nullptr);
  EXPECT_EQ(Ask("a"), fresh);
}

TEST_F(HubTest, DestroysNoTopicWhileItIsAsked) {
  options_.linger = absl::ZeroDuration();
  const uint64_t a = Ask("a");
  Join(a);
  Topic& topic = At(a);
  topic.Leave();
  clock_.Advance(absl::Seconds(1));
  for (const char* name : {"b", "c", "d", "e"}) Ask(name);
  EXPECT_EQ(hub_.Find(a), nullptr);
  EXPECT_EQ(topic.subscribers(), 0u);  // still there until the loop turns
  loop_.RunReady();
}

// On a busy loop its linger may be over before the posted work that destroys it has its turn.
TEST_F(HubTest, IsToldNothingByATopicThatHasLeft) {
  const uint64_t idle = Ask("idle");
  Join(idle);
  At(idle).Leave();
  Join(Ask("b"));
  Join(Ask("c"));
  EXPECT_NE(Ask("new"), 0u);
  EXPECT_EQ(hub_.Find(idle), nullptr);
  clock_.Advance(absl::Seconds(6));
  loop_.timers().Advance();
  EXPECT_EQ(hub_.size(), 3u);
  loop_.RunReady();
  EXPECT_EQ(hub_.size(), 3u);
}

TEST_F(HubTest, ShowsWhatThereIs) {
  Join(Ask("b"));
  Join(Ask("a"));
  TellAndEnd(Ask("a"));
  std::map<std::string, Hub::Shown> shown;
  for (Hub::Shown& topic : hub_.Show()) shown[topic.name] = topic;
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown["a"].subscribers, 1u);
  EXPECT_EQ(shown["a"].events, 1u);
  EXPECT_EQ(shown["a"].bytes, 3u);
  EXPECT_TRUE(shown["a"].ended);
  EXPECT_FALSE(shown["b"].ended);
}

}  // namespace
}  // namespace sluice
