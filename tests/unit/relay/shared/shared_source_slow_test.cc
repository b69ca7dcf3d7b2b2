// SPDX-License-Identifier: Apache-2.0
// What becomes of a browser that is slower than its stream.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int kSmall = 4096;
const SharedHarness::Visit kSlow = {.send_buffer_bytes = kSmall};

// An event whose name can be found again, longer than a socket's least buffer takes a few of.
std::string Text(int number) { return absl::StrCat("<", number, ">", std::string(600, 'x')); }

// The numbers of the events in `body`, and `gap` for a stream-gap, in order; what is neither is
// `?`.
std::vector<std::string> Seen(const std::string& body) {
  std::vector<std::string> seen;
  for (absl::string_view block : absl::StrSplit(body, "\n\n", absl::SkipEmpty())) {
    if (absl::StartsWith(block, "event: Tick\n")) {
      const size_t from = block.find('<');
      const size_t to = block.find('>');
      const bool whole = absl::StrContains(block, absl::StrCat(std::string(600, 'x'), "\"}\nid: "));
      seen.push_back(whole ? std::string(block.substr(from + 1, to - from - 1)) : "?");
    } else if (absl::StartsWith(block, "event: stream-gap\n")) {
      seen.push_back("gap");
    } else if (absl::StartsWith(block, "retry: \nevent: stream-error\n")) {
      seen.push_back("error");
    } else if (!absl::StartsWith(block, "retry: \nevent: stream-open\n")) {
      seen.push_back("?");
    }
  }
  return seen;
}

std::string IdIn(const std::string& body, const std::string& name) {
  const size_t from = body.find(absl::StrCat("\"", name, "\":\"")) + name.size() + 4;
  return body.substr(from, body.find('"', from) - from);
}

class SlowTest : public testing::Test {
 protected:
  void TellMany(SharedHarness& harness, int count) {
    for (int i = 0; i < count; ++i) harness.Tell(Text(++told_));
  }

  int told_ = 0;
};

TEST_F(SlowTest, NobodyElseNoticesIt) {
  SharedHarness harness("share { history { events: 5 } slow: SKIP }");
  const auto slow = harness.Open(kSlow);
  const auto quick = harness.Open();
  std::string got;
  for (int i = 0; i < 100; ++i) {
    TellMany(harness, 1);
    got += harness.Got(*quick);
  }
  const std::vector<std::string> seen = Seen(got);
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], absl::StrCat(i + 1));
  EXPECT_GT(harness.service().newest().released_bytes, 100u * 600);
}

TEST_F(SlowTest, IsDisconnectedAndResumes) {
  SharedHarness harness("share { history { events: 5 } }");
  const auto slow = harness.Open(kSlow);
  TellMany(harness, 100);
  const std::string got = harness.Got(*slow);
  std::vector<std::string> seen = Seen(got);
  ASSERT_GT(seen.size(), 1u);
  EXPECT_EQ(seen.back(), "error");
  EXPECT_THAT(got, HasSubstr("\"retryable\":true,\"reason\":\"slow_consumer\"}\n"));
  for (size_t i = 0; i + 1 < seen.size(); ++i) EXPECT_EQ(seen[i], absl::StrCat(i + 1));
  harness.Pass(absl::Milliseconds(1100));
  harness.Got(*slow);
  EXPECT_TRUE(slow->at_end());
  EXPECT_EQ(harness.active(), 0u);
  const auto again = harness.OpenWithId(LastIdOf(got));
  EXPECT_EQ(Seen(harness.Got(*again)),
            (std::vector<std::string>{"gap", "96", "97", "98", "99", "100"}));
}

TEST_F(SlowTest, HasItsGraceAfterItHasTakenTheLastEvent) {
  SharedHarness harness("share { history { events: 5 } }");
  const auto slow = harness.Open(kSlow);
  TellMany(harness, 100);
  harness.Pass(absl::Seconds(3));
  EXPECT_EQ(Seen(harness.Got(*slow)).back(), "error");
  EXPECT_FALSE(slow->at_end());
  harness.Pass(absl::Milliseconds(900));
  harness.Got(*slow);
  EXPECT_FALSE(slow->at_end());
  harness.Pass(absl::Milliseconds(200));
  harness.Got(*slow);
  EXPECT_TRUE(slow->at_end());
}

TEST_F(SlowTest, IsToldOfAGapAndGoesOnWithTheOldest) {
  SharedHarness harness("share { history { events: 5 } slow: SKIP }");
  const auto slow = harness.Open(kSlow);
  TellMany(harness, 100);
  const std::string got = harness.Got(*slow);
  const std::vector<std::string> seen = Seen(got);
  size_t i = 0;
  for (; i < seen.size() && seen[i] != "gap"; ++i) EXPECT_EQ(seen[i], absl::StrCat(i + 1));
  ASSERT_LT(i, seen.size());
  EXPECT_GT(i, 0u);
  EXPECT_EQ(std::vector<std::string>(seen.begin() + i + 1, seen.end()),
            (std::vector<std::string>{"96", "97", "98", "99", "100"}));
  const size_t gap = got.find("event: stream-gap");
  EXPECT_THAT(IdIn(got.substr(gap), "from"), testing::EndsWith(absl::StrCat("-", i)));
  EXPECT_THAT(IdIn(got.substr(gap), "to"), testing::EndsWith("-95"));
  EXPECT_THAT(got.substr(gap), HasSubstr("\"reason\":\"slow_consumer\"}\nid: "));
  EXPECT_FALSE(slow->at_end());
}

TEST_F(SlowTest, GetsTheNewestOfEachKeyAndNoGap) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' }");
  const auto slow = harness.Open(kSlow);
  for (int i = 1; i <= 200; ++i) {
    harness.TellTick(absl::StrCat("key", i % 7), Text(i));
  }
  std::vector<std::string> seen = Seen(harness.Got(*slow));
  std::set<std::string> newest(seen.end() - 7, seen.end());
  EXPECT_LT(seen.size(), 100u);
  for (int i = 194; i <= 200; ++i) EXPECT_TRUE(newest.contains(absl::StrCat(i))) << i;
  EXPECT_THAT(seen, Not(testing::Contains("gap")));
  EXPECT_THAT(seen, Not(testing::Contains("?")));
  harness.TellTick("key1", Text(201));
  EXPECT_EQ(Seen(harness.Got(*slow)), std::vector<std::string>{"201"});
}

TEST_F(SlowTest, GetsTheNewestOfEachKeyThoughTheLogHasForgottenThem) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' history { events: 2 } }");
  const auto slow = harness.Open(kSlow);
  for (int i = 1; i <= 200; ++i) {
    harness.TellTick(absl::StrCat("key", i % 7), Text(i));
  }
  const std::vector<std::string> seen = Seen(harness.Got(*slow));
  ASSERT_GT(seen.size(), 7u);
  const std::vector<std::string> newest(seen.end() - 7, seen.end());
  EXPECT_EQ(newest, (std::vector<std::string>{"194", "195", "196", "197", "198", "199", "200"}));
}

TEST_F(SlowTest, IsToldOfAGapIfThereAreMoreKeysThanAreKept) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' history { bytes: 4000 } }");
  const auto slow = harness.Open(kSlow);
  for (int i = 1; i <= 100; ++i) harness.TellTick(absl::StrCat("key", i), Text(i));
  const std::vector<std::string> seen = Seen(harness.Got(*slow));
  EXPECT_THAT(seen, testing::Contains("gap").Times(1));
  EXPECT_EQ(seen.back(), "100");
}

TEST_F(SlowTest, GetsTheEndBehindAllThatItIsOwed) {
  for (const char* slow_choice : {"SKIP", "LATEST key_field: 'id'"}) {
    SharedHarness harness(absl::StrCat("share { slow: ", slow_choice, " }"));
    const auto slow = harness.Open(kSlow);
    for (int i = 1; i <= 100; ++i) harness.TellTick("key", Text(i));
    harness.TellEnd({});
    const std::string got = harness.Got(*slow);
    EXPECT_THAT(got, HasSubstr("<100>"));
    EXPECT_THAT(got, HasSubstr("event: stream-end\n"));
    EXPECT_LT(got.find("<100>"), got.find("event: stream-end\n"));
    EXPECT_TRUE(slow->complete());
  }
}

TEST_F(SlowTest, GetsADrainsGoodbyeAtTheBoundaryOfAnEvent) {
  SharedHarness harness("share {}");
  const auto slow = harness.Open(kSlow);
  TellMany(harness, 100);
  harness.Drain();
  const std::vector<std::string> seen = Seen(harness.Got(*slow));
  EXPECT_LT(seen.size(), 100u);
  EXPECT_EQ(seen.back(), "error");
  EXPECT_THAT(seen, Not(testing::Contains("?")));
}

TEST_F(SlowTest, IsToldHowManyWatchWhenItHasCaughtUp) {
  SharedHarness harness("share { slow: LATEST key_field: 'id' presence: true }");
  const auto slow = harness.Open(kSlow);
  harness.Pass(absl::Seconds(2));
  harness.Got(*slow);
  for (int i = 1; i <= 100; ++i) harness.TellTick("key", Text(i));
  const auto other = harness.Open();
  harness.Pass(absl::Seconds(2));
  std::string got = harness.Got(*slow);
  harness.Pass(absl::Seconds(2));
  got += harness.Got(*slow);
  EXPECT_THAT(got, HasSubstr("{\"subscribers\":2}"));
}

TEST_F(SlowTest, IsToldHowManyWatchThoughThatChangedWhileItWasAway) {
  for (const char* slow_choice : {"SKIP", "LATEST key_field: 'id'"}) {
    SharedHarness harness(
        absl::StrCat("share { presence: true history { events: 5 } slow: ", slow_choice, " }"));
    const auto slow = harness.Open(kSlow);
    harness.Pass(absl::Seconds(2));
    harness.Got(*slow);
    for (int i = 1; i <= 100; ++i) harness.TellTick(absl::StrCat("key", i), Text(i));
    if (slow_choice[0] == 'L') slow->Take(2 * kSmall);  // it asks for the newest, and blocks again
    harness.Turn();
    const auto other = harness.Open();
    harness.Pass(absl::Seconds(2));
    const std::string got = harness.Got(*slow);
    EXPECT_THAT(got, HasSubstr("{\"subscribers\":2}")) << slow_choice;
    harness.Pass(absl::Seconds(4));
    EXPECT_THAT(harness.Got(*slow), Not(HasSubstr("subscribers"))) << slow_choice;
  }
}

TEST_F(SlowTest, IsGivenUpIfItDoesNotEvenTakeItsGoodbye) {
  SharedHarness harness("share { history { events: 5 } }");
  const auto slow = harness.Open(kSlow);
  TellMany(harness, 100);
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(harness.active(), 1u);
  harness.Pass(absl::Seconds(6));
  EXPECT_EQ(harness.active(), 0u);
}

}  // namespace
}  // namespace sluice
