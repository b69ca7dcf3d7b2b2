// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/selector.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::HasSubstr;

struct Case {
  const char* selector;
  const char* name;
  bool matches;
};

TEST(Selector, MatchesANameAndAllThatIsInIt) {
  const Case cases[] = {
      {"*", "demo.v1.Ticker.Watch", true},
      {"demo.v1.Ticker.Watch", "demo.v1.Ticker.Watch", true},
      {"demo.v1.Ticker.Watch", "demo.v1.Ticker.WatchAll", false},
      {"demo.v1.Ticker", "demo.v1.Ticker.Watch", true},
      {"demo.v1.Tick", "demo.v1.Ticker.Watch", false},
      {"demo.v1", "demo.v1.Ticker.Watch", true},
      {"demo", "demo.v1.Ticker.Watch", true},
      {"demo.v1.*", "demo.v1.Ticker.Watch", true},
      {"demo.v1.*", "demo.v1.Ticker", true},
      {"demo.v1.*", "demo.v11.Ticker", false},
      {"demo.v1.Ticker.*", "demo.v1.Ticker.Watch", true},
      {"demo.v1.Ticker.*", "demo.v1.Ticker", false},
      {"v1", "demo.v1.Ticker", false},
      {"Ticker", "Ticker.Watch", true},
  };
  for (const Case& one : cases) {
    const absl::StatusOr<Selector> selector = Selector::Parse(one.selector);
    ASSERT_TRUE(selector.ok()) << one.selector;
    EXPECT_EQ(selector->Matches(one.name), one.matches) << one.selector << " " << one.name;
  }
}

TEST(Selector, KnowsTheVeryNameFromWhatHoldsIt) {
  EXPECT_TRUE(Selector::Parse("demo.v1.Ticker.Watch")->IsExactly("demo.v1.Ticker.Watch"));
  EXPECT_FALSE(Selector::Parse("demo.v1.Ticker")->IsExactly("demo.v1.Ticker.Watch"));
  EXPECT_FALSE(Selector::Parse("demo.v1.Ticker.*")->IsExactly("demo.v1.Ticker"));
  EXPECT_FALSE(Selector::Parse("*")->IsExactly(""));
}

TEST(Selector, RefusesWhatIsNoName) {
  for (const char* text : {"", ".", "demo.", ".demo", "demo..v1", "demo.v1*", "demo.*.Watch", "**",
                           "*.Watch", ".*", "demo/Ticker", "1demo", "demo v1", "demo.*.*"}) {
    const absl::StatusOr<Selector> selector = Selector::Parse(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(selector.status().message()), HasSubstr("a * after the last dot"));
  }
  EXPECT_FALSE(Selector::Parse(std::string(1'000'000, 'a')).ok());
}

}  // namespace
}  // namespace sluice
