// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/shared/topic_directory.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::HasSubstr;

constexpr SharedHarness::Size kTwoLoops = {.loops = 2};

std::string TargetOf(int i) { return absl::StrCat("/t.Feed/Watch?name=", i); }

TEST(TopicDirectory, GivesBrowsersOfDifferentLoopsTheSameTopic) {
  SharedHarness harness("share {}", kTwoLoops);
  const auto here = harness.Open({.loop = 0});
  const auto there = harness.Open({.loop = 1});
  EXPECT_EQ(harness.calls().size(), 1u);
  harness.Tell("a");
  const std::string got = harness.Got(*here);
  EXPECT_THAT(got, HasSubstr("\"text\":\"a\""));
  EXPECT_EQ(harness.Got(*there), got);
  harness.TellEnd({});
  EXPECT_THAT(harness.Got(*here), HasSubstr("stream-end"));
  EXPECT_THAT(harness.Got(*there), HasSubstr("stream-end"));
}

TEST(TopicDirectory, SpreadsTopicsOverTheLoops) {
  SharedHarness harness("share {}", kTwoLoops);
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < 40; ++i) tabs.push_back(harness.Open({.target = TargetOf(i)}));
  EXPECT_EQ(harness.directory(0).hub().size() + harness.directory(1).hub().size(), 40u);
  EXPECT_GT(harness.directory(0).hub().size(), 5u);
  EXPECT_GT(harness.directory(1).hub().size(), 5u);
  EXPECT_EQ(harness.directory(0).hub().Show()[0].name, "t.Feed/Watch");
}

TEST(TopicDirectory, TakesAPlaceBackWhereverTheBrowserWas) {
  SharedHarness harness("share {}", kTwoLoops);
  const auto here = harness.Open({.loop = 0});
  const auto there = harness.Open({.loop = 1});
  const size_t home = harness.home();
  EXPECT_EQ(harness.directory(home).hub().Show()[0].subscribers, 2u);
  here->Leave();
  harness.Turn();
  EXPECT_EQ(harness.directory(home).hub().Show()[0].subscribers, 1u);
  there->Leave();
  harness.Turn();
  EXPECT_EQ(harness.directory(home).hub().Show()[0].subscribers, 0u);
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(harness.directory(home).hub().size(), 0u);
  EXPECT_FALSE(harness.has_call());
}

TEST(TopicDirectory, TakesAPlaceBackThatNobodyWaitsForAnyMore) {
  SharedHarness harness("share {}", kTwoLoops);
  const auto tab = harness.Open();
  const size_t home = harness.home();
  const auto hasty = harness.Connect({.loop = 1 - home});
  harness.loop(1 - home).RunReady();
  hasty->Leave();
  harness.loop(1 - home).RunReady();
  harness.Turn();
  EXPECT_EQ(harness.directory(home).hub().Show()[0].subscribers, 1u);
}

TEST(TopicDirectory, BringsTheNewestOfEachKeyFromAnotherLoop) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' history { events: 2 } }", kTwoLoops);
  const auto tab = harness.Open();
  const size_t home = harness.home();
  for (size_t loop : {home, 1 - home}) {
    const auto slow = harness.Open({.loop = loop, .send_buffer_bytes = 4096});
    for (int i = 0; i < 100; ++i) {
      harness.TellTick(absl::StrCat("key", i % 3),
                       absl::StrCat("<", i, ">", std::string(700, 'x')));
      harness.Got(*tab);
    }
    const std::string got = harness.Got(*slow);
    EXPECT_THAT(got, HasSubstr("<97>"));
    EXPECT_THAT(got, HasSubstr("<98>"));
    EXPECT_THAT(got, HasSubstr("<99>"));
    EXPECT_THAT(got, testing::Not(HasSubstr("<90>")));
  }
}

TEST(TopicDirectory, MayGoWhileBrowsersAreOnTheirWay) {
  auto harness = std::make_unique<SharedHarness>("share {}", kTwoLoops);
  const auto here = harness->Open({.loop = 0});
  const auto there = harness->Open({.loop = 1});
  harness->service().newest().observer->OnMessage(TickBytes("", "a"));
  const auto asking = harness->Connect({.target = TargetOf(1), .loop = 1});
  harness->loop(1).RunReady();
  harness.reset();
}

}  // namespace
}  // namespace sluice
