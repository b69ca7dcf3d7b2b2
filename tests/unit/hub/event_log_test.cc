// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/event_log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/hub/roomy.h"

namespace sluice {
namespace {

using Ids = EventLog::Ids;
using OnGap = EventLog::OnGap;
using Outcome = LogStart::Outcome;
using testing::ElementsAre;

// An event log whose frames are their own numbers, and a clock that the test moves.
class LogUnderTest final {
 public:
  explicit LogUnderTest(const EventLog::Options& options = {}) : log(Roomy(options), "ep") {}

  void Add(absl::string_view frame, absl::string_view id = "") {
    log.Append(frame, id.empty() ? log.NextId() : std::string(id), now);
    log.Publish();
  }
  void AddMany(int from, int to) {
    for (int i = from; i <= to; ++i) Add(absl::StrCat(i, ";"));
  }
  void Forget() { log.ForgetOld(now); }

  // What a subscriber gets that starts there.
  std::string From(const LogStart& start) const {
    const SharedLogReader reader(log.log());
    std::string all;
    for (absl::string_view some = reader.From(start.position); !some.empty();
         some = reader.From(start.position + all.size())) {
      all.append(some.data(), some.size());
    }
    return all;
  }
  // Outcome, id and what follows: `resumed ep-2 3;4;`.
  std::string After(absl::string_view id, OnGap on_gap = OnGap::kOldest) const {
    const LogStart start = log.StartAfter(id, on_gap);
    const char* outcome = start.outcome == Outcome::kResumed ? "resumed"
                          : start.outcome == Outcome::kGap   ? "gap"
                                                             : "fresh";
    return absl::StrCat(outcome, " ", start.id, " ", From(start));
  }

  absl::Time now = absl::FromUnixSeconds(1000);
  EventLog log;
};

TEST(EventLog, NumbersItsEventsFromOneOn) {
  LogUnderTest test;
  EXPECT_EQ(test.log.NextId(), "ep-1");
  EXPECT_EQ(test.log.last_id(), "");
  test.Add("a;");
  EXPECT_EQ(test.log.last_id(), "ep-1");
  EXPECT_EQ(test.log.NextId(), "ep-2");
  EXPECT_EQ(test.log.events(), 1u);
  EXPECT_EQ(test.log.bytes(), 2u);
}

TEST(EventLog, HasNoIdsOfItsOwnWhereTheyAreTheAuthors) {
  LogUnderTest test({.ids = Ids::kAuthors});
  EXPECT_EQ(test.log.NextId(), "");
  test.Add("a;", "x~20y");
  EXPECT_EQ(test.log.last_id(), "x~20y");
  test.log.Append("b;", "", test.now);
  EXPECT_EQ(test.log.last_id(), "x~20y");  // the newest that a browser or the service knows
}

TEST(EventLog, ForgetsTheOldestEventWhenThereAreTooMany) {
  LogUnderTest test({.max_events = 3});
  test.AddMany(1, 5);
  std::vector<std::string> gone;
  const uint64_t oldest =
      test.log.ForgetOld(test.now, [&](uint64_t position, absl::string_view frame) {
        gone.push_back(absl::StrCat(position, " ", frame));
      });
  EXPECT_THAT(gone, ElementsAre("0 1;", "2 2;"));
  EXPECT_EQ(oldest, 4u);
  EXPECT_EQ(test.log.events(), 3u);
  EXPECT_EQ(test.From(test.log.StartWithLast(100)), "3;4;5;");
}

TEST(EventLog, ForgetsTheOldestEventWhenBytesRunOut) {
  LogUnderTest test({.max_bytes = 6});
  test.AddMany(1, 3);
  test.Forget();
  EXPECT_EQ(test.log.events(), 3u);
  test.Add("long;");
  test.Forget();
  EXPECT_EQ(test.log.bytes(), 5u);
  EXPECT_EQ(test.From(test.log.StartWithLast(100)), "long;");
}

TEST(EventLog, ForgetsWhatIsTooOld) {
  LogUnderTest test({.max_age = absl::Seconds(10)});
  EXPECT_EQ(test.log.NextTooOld(), absl::InfiniteFuture());
  test.Add("a;");
  EXPECT_EQ(test.log.NextTooOld(), absl::InfiniteFuture());  // the newest stays
  test.now += absl::Seconds(4);
  test.AddMany(1, 2);
  EXPECT_EQ(test.log.NextTooOld(), test.now + absl::Seconds(6));
  test.now += absl::Milliseconds(6001);
  test.Forget();
  EXPECT_EQ(test.From(test.log.StartWithLast(100)), "1;2;");
  EXPECT_EQ(test.log.NextTooOld(), test.now + absl::Milliseconds(3999));
}

TEST(EventLog, AlwaysKeepsTheNewestEvent) {
  LogUnderTest test({.max_events = 1, .max_bytes = 10, .max_age = absl::Seconds(1)});
  test.Add(std::string(50, 'x'));
  test.now += absl::Hours(1);
  test.Forget();
  EXPECT_EQ(test.log.events(), 1u);
  EXPECT_EQ(test.From(test.log.StartWithLast(1)).size(), 50u);
}

TEST(EventLog, ForgetsNothingThatNobodyHasSeen) {
  LogUnderTest test({.max_events = 1});
  test.AddMany(1, 2);
  test.log.Append("3;", "ep-3", test.now);
  test.log.Append("4;", "ep-4", test.now);
  test.Forget();
  EXPECT_EQ(test.log.events(), 2u);
  test.log.Publish();
  test.Forget();
  EXPECT_EQ(test.log.events(), 1u);
}

TEST(EventLog, StartsAFirstVisitLiveOrWithTheLast) {
  LogUnderTest test;
  EXPECT_EQ(test.log.StartWithLast(5).outcome, Outcome::kFresh);
  EXPECT_EQ(test.log.StartLive().position, 0u);
  test.AddMany(1, 4);
  EXPECT_EQ(test.From(test.log.StartLive()), "");
  EXPECT_EQ(test.log.StartLive().id, "ep-4");
  EXPECT_EQ(test.From(test.log.StartWithLast(0)), "");
  EXPECT_EQ(test.From(test.log.StartWithLast(2)), "3;4;");
  EXPECT_EQ(test.log.StartWithLast(2).id, "ep-2");
  EXPECT_EQ(test.From(test.log.StartWithLast(SIZE_MAX)), "1;2;3;4;");
}

TEST(EventLog, CountsNoGapsForAFirstVisit) {
  LogUnderTest test;
  const auto gap = [&] {
    test.log.AppendGap("gap;", test.log.NextId(), test.now);
    test.log.Publish();
  };
  gap();
  EXPECT_EQ(test.From(test.log.StartWithLast(1)), "");
  test.AddMany(1, 2);
  EXPECT_EQ(test.From(test.log.StartWithLast(SIZE_MAX)), "1;2;");
  gap();
  EXPECT_EQ(test.From(test.log.StartWithLast(0)), "");
  EXPECT_EQ(test.From(test.log.StartWithLast(1)), "2;gap;");
  gap();
  test.AddMany(3, 3);
  EXPECT_EQ(test.From(test.log.StartWithLast(1)), "3;");
  EXPECT_EQ(test.From(test.log.StartWithLast(2)), "2;gap;gap;3;");
  EXPECT_EQ(test.From(test.log.StartWithLast(3)), "1;2;gap;gap;3;");
}

TEST(EventLog, GoesOnBehindTheIdThatABrowserHolds) {
  LogUnderTest test({.max_events = 3});
  test.AddMany(1, 5);
  test.Forget();
  EXPECT_EQ(test.After("ep-5"), "resumed ep-5 ");
  EXPECT_EQ(test.After("ep-4"), "resumed ep-4 5;");
  EXPECT_EQ(test.After("ep-3"), "resumed ep-3 4;5;");
  EXPECT_EQ(test.After("ep-2"), "resumed ep-2 3;4;5;");  // nothing is missing
  EXPECT_EQ(test.After("ep-1"), "gap ep-2 3;4;5;");
  EXPECT_EQ(test.After("ep-0"), "gap ep-2 3;4;5;");
  EXPECT_EQ(test.After("ep-6"), "gap ep-2 3;4;5;");
}

TEST(EventLog, TheBeginningIsAPlaceToo) {
  LogUnderTest test;
  EXPECT_EQ(test.After("ep-0"), "resumed ep-0 ");
  EXPECT_EQ(test.After("x"), "gap ep-0 ");
  test.AddMany(1, 2);
  EXPECT_EQ(test.After("ep-0"), "resumed ep-0 1;2;");
}

TEST(EventLog, GoesOnLiveAfterAGapIfToldTo) {
  LogUnderTest test;
  test.AddMany(1, 3);
  EXPECT_EQ(test.After("other-2", OnGap::kLive), "gap ep-3 ");
  EXPECT_EQ(test.After("ep-2", OnGap::kLive), "resumed ep-2 3;");
}

TEST(EventLog, TakesAForeignIdOfAnyBytesForAGap) {
  LogUnderTest test;
  test.AddMany(1, 3);
  const std::string cases[] = {"2",
                               "-2",
                               "ep-",
                               "ep",
                               "ep--2",
                               "ep-02",
                               "ep-+2",
                               "ep-2 ",
                               " ep-2",
                               "ep- 2",
                               "EP-2",
                               "xep-2",
                               "ep-2~",
                               "ep-2-",
                               "e-2",
                               "ep2",
                               "ep-0x2",
                               std::string("ep-2\0", 5),
                               "\xff-2",
                               "ep-18446744073709551615",
                               "ep-18446744073709551616",
                               "ep-99999999999999999999999",
                               "ep-4",
                               "-",
                               "~end",
                               std::string(100'000, '-'),
                               std::string(100'000, '9')};
  for (const std::string& id : cases) {
    EXPECT_EQ(test.After(id), "gap ep-0 1;2;3;") << id.substr(0, 40);
  }
}

TEST(EventLog, AnIdOfAFormerLifeIsAGapAndNeverAPosition) {
  LogUnderTest test;
  test.AddMany(1, 3);
  test.log.BeginEpoch("new");
  EXPECT_EQ(test.log.NextId(), "new-4");
  test.AddMany(4, 5);
  EXPECT_EQ(test.After("new-4"), "resumed new-4 5;");
  EXPECT_EQ(test.After("ep-3"), "resumed ep-3 4;5;");  // the log goes over the border
  EXPECT_EQ(test.After("ep-4"), "gap ep-0 1;2;3;4;5;");
  EXPECT_EQ(test.After("new-3"), "gap ep-0 1;2;3;4;5;");
  EXPECT_EQ(test.log.StartWithLast(2).id, "ep-3");
}

TEST(EventLog, ForgetsEpochsWithTheirLastEvent) {
  LogUnderTest test({.max_events = 1});
  test.Add("1;");
  test.log.BeginEpoch("two");
  test.AddMany(2, 3);
  test.Forget();
  EXPECT_EQ(test.After("two-2"), "resumed two-2 3;");
  EXPECT_EQ(test.After("ep-1"), "gap two-2 3;");
  test.log.BeginEpoch("three");
  test.log.BeginEpoch("four");  // nothing ever happened in the third
  test.Add("4;");
  test.Forget();
  EXPECT_EQ(test.After("two-3"), "resumed two-3 4;");
  EXPECT_EQ(test.After("three-3"), "gap two-3 4;");
  EXPECT_EQ(test.log.last_id(), "four-4");
}

TEST(EventLog, FindsTheIdsOfTheAuthor) {
  LogUnderTest test({.max_events = 3, .ids = Ids::kAuthors});
  for (const char* id : {"a", "b", "c", "d", "e"}) test.Add(absl::StrCat(id, ";"), id);
  test.Forget();
  EXPECT_EQ(test.After("e"), "resumed e ");
  EXPECT_EQ(test.After("c"), "resumed c d;e;");
  EXPECT_EQ(test.After("b"), "resumed b c;d;e;");
  EXPECT_EQ(test.After("a"), "gap b c;d;e;");
  EXPECT_EQ(test.After("ep-4"), "gap b c;d;e;");
  EXPECT_EQ(test.After("zzz", OnGap::kLive), "gap e ");
}

TEST(EventLog, TakesTheNewestOfEventsWithTheSameId) {
  LogUnderTest test({.max_events = 3, .ids = Ids::kAuthors});
  for (const char* id : {"a", "b", "a", "c"}) test.Add(absl::StrCat(id, ";"), id);
  EXPECT_EQ(test.After("a"), "resumed a c;");
  test.Forget();  // the older `a`
  EXPECT_EQ(test.After("a"), "resumed a c;");
}

TEST(EventLog, HasEventsWithoutAnId) {
  LogUnderTest test({.ids = Ids::kAuthors});
  test.Add("a;", "a");
  test.log.Append("none;", "", test.now);
  test.log.Append("c;", "c", test.now);
  test.log.Publish();
  EXPECT_EQ(test.After("a"), "resumed a none;c;");
  EXPECT_EQ(test.log.StartWithLast(1).id, "a");
  EXPECT_EQ(test.log.StartWithLast(2).id, "a");
  EXPECT_EQ(test.log.StartWithLast(3).id, "");
}

TEST(EventLog, GoesOnBehindTheNewestForgottenIdThoughEventsWithoutOneFollowed) {
  LogUnderTest test({.max_events = 2, .ids = Ids::kAuthors});
  test.Add("a;", "a");
  for (const char* frame : {"1;", "2;", "3;"}) test.Add(frame);
  test.Forget();
  EXPECT_EQ(test.After("a"), "gap a 2;3;");  // `1;` is missing
  EXPECT_EQ(test.log.StartWithLast(1).id, "a");
  EXPECT_EQ(test.log.last_id(), "a");
}

TEST(EventLog, FindsEntriesByTheirPosition) {
  LogUnderTest test({.max_events = 2});
  test.AddMany(1, 3);
  EXPECT_EQ(test.log.EntryAt(2), "2;");
  EXPECT_EQ(test.log.EntryAt(3), std::nullopt);
  EXPECT_EQ(test.log.EntryAt(6), std::nullopt);
  test.Forget();
  EXPECT_EQ(test.log.EntryAt(0), std::nullopt);
  EXPECT_EQ(test.log.EntryAt(2), "2;");
}

TEST(EventLog, HoldsLittleMemoryForALittleHistory) {
  LogUnderTest test({.max_bytes = 4096});
  for (int i = 0; i < 5000; ++i) {
    test.Add(std::string(20, 'x'));
    test.Forget();
  }
  EXPECT_LE(test.log.log().held_bytes(), 4096u + 2 * 1024);
}

}  // namespace
}  // namespace sluice
