// SPDX-License-Identifier: Apache-2.0
// Whatever happens in whatever order, every browser gets what it is owed: StreamModel says what
// that is. SLUICE_MODEL_SEED=N runs that seed alone, SLUICE_MODEL_STEPS=N another number of steps.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"
#include "tests/unit/relay/shared/stream_model.h"

namespace sluice {
namespace {

constexpr int kSteps = 3000;
constexpr size_t kMostTabs = 12;

size_t FromEnvironment(const char* name, size_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoul(value, nullptr, 10);
}

// A stream whose behaviour the seed chooses, and what happens to it.
class RandomRun final {
 public:
  explicit RandomRun(uint64_t seed)
      : random_(seed),
        loops_(1 + Below(3)),
        rules_(ChooseRules()),
        harness_(StreamText(), {.loops = loops_}),
        model_(rules_) {
    witness_ = harness_.Open();
    TellOne();
    harness_.Turn();
  }

  std::string Run(size_t steps) {
    for (size_t i = 0; i < steps; ++i) {
      Step();
      WatchWitness();
    }
    End();
    TakeNoteOfThoseCutOff();
    std::string wrong = model_.SetHistory(seen_by_witness_, told_);
    for (size_t i = 0; i < tabs_.size() && wrong.empty(); ++i) {
      wrong = model_.Check(tabs_[i].visitor);
      if (!wrong.empty()) wrong = absl::StrCat("browser ", i, ": ", wrong);
    }
    return wrong.empty() ? "" : absl::StrCat(wrong, "\n", StreamText());
  }

  size_t told() const { return told_; }
  size_t visits() const { return tabs_.size(); }

 private:
  struct Browser {
    std::unique_ptr<Tab> tab;
    StreamModel::Visitor visitor;
  };

  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  StreamModel::Rules ChooseRules() {
    StreamModel::Rules rules;
    const sluice::v1::Share::Slow slow[] = {sluice::v1::Share::DISCONNECT, sluice::v1::Share::SKIP,
                                            sluice::v1::Share::LATEST};
    rules.slow = slow[Below(3)];
    rules.authors_ids = rules.slow != sluice::v1::Share::LATEST && Below(2) == 0;
    const size_t events[] = {1, 3, 10, 60};
    rules.max_events = events[Below(4)];
    const size_t last[] = {0, 0, 3, SIZE_MAX};
    rules.start_with_last = last[Below(4)];
    rules.live_after_gap = Below(3) == 0;
    resumes_ = rules.authors_ids && Below(2) == 0;
    return rules;
  }

  std::string StreamText() const {
    const std::string start = rules_.start_with_last == SIZE_MAX
                                  ? "at: ALL"
                                  : absl::StrCat("last: ", rules_.start_with_last);
    return absl::StrCat(
        rules_.authors_ids ? "id_field: 'id' " : "", resumes_ ? "resume_field: 'name' " : "",
        "heartbeat { seconds: 2 } share { presence: true history { events: ", rules_.max_events,
        " } start { ", start, " } slow: ", sluice::v1::Share::Slow_Name(rules_.slow),
        rules_.slow == sluice::v1::Share::LATEST ? " key_field: 'id'" : "",
        rules_.live_after_gap ? " on_gap: LIVE" : "", " }");
  }

  void Step() {
    const size_t die = Below(100);
    if (die < 30) {
      TellSome();
    } else if (die < 55) {
      ReadSome();
    } else if (die < 70) {
      harness_.loop(Below(loops_)).RunReady();
    } else if (die < 75) {
      harness_.Turn();
    } else if (die < 87) {
      Visit();
    } else if (die < 92) {
      Leave();
    } else if (die < 94) {
      FailTheRpc();
    } else if (die < 98) {
      harness_.Pass(absl::Milliseconds(Below(1500)));
    } else if (Browser* browser = AnyOpen()) {
      browser->tab->CloseSendingSide();
    }
  }

  void TellOne() {
    ++told_;
    const std::string id =
        rules_.authors_ids ? absl::StrCat("m", told_) : StreamModel::KeyOf(told_);
    harness_.service().newest().observer->OnMessage(
        TickBytes(id, StreamModel::TextOf(told_, Below(4) == 0 ? Below(3000) : Below(60))));
  }

  void TellSome() {
    if (!harness_.has_call()) return;
    for (size_t i = Below(5) == 0 ? Below(20) : 1; i > 0; --i) TellOne();
  }

  Browser* AnyOpen() {
    std::vector<Browser*> open;
    for (Browser& browser : tabs_) {
      if (!browser.visitor.left && !browser.tab->at_end()) open.push_back(&browser);
    }
    return open.empty() ? nullptr : open[Below(open.size())];
  }

  void ReadSome() {
    Browser* browser = AnyOpen();
    if (browser == nullptr) return;
    Read(*browser, Below(6000));
  }

  static void Read(Browser& browser, size_t most_bytes) {
    browser.tab->Take(most_bytes);
    browser.visitor.body += browser.tab->Body();
  }

  void Visit() {
    size_t open = 0;
    for (const Browser& browser : tabs_) open += !browser.visitor.left && !browser.tab->at_end();
    if (open >= kMostTabs) return;
    Browser browser;
    browser.visitor.id = ChooseId();
    browser.visitor.told_before = told_;
    const std::string& id = browser.visitor.id;
    const int small[] = {4096, 4096, 30'000, 0};
    browser.tab = harness_.Connect({.headers = id.empty() ? "" : "Last-Event-ID: " + id + "\r\n",
                                    .loop = Below(loops_),
                                    .send_buffer_bytes = small[Below(4)]});
    if (Below(2) == 0) {
      harness_.Turn();
      browser.visitor.placed_at_once = true;
    }
    tabs_.push_back(std::move(browser));
  }

  std::string ChooseId() {
    const size_t die = Below(10);
    if (die < 3) return "";
    if (die == 3) return Below(2) == 0 ? "other-3" : "\xff~\"";
    const std::vector<std::string> ids = StreamModel::IdsIn(
        die < 6 || tabs_.empty() ? seen_by_witness_ : tabs_[Below(tabs_.size())].visitor.body);
    if (ids.empty()) return "";
    const size_t recent = std::min<size_t>(ids.size(), 20);
    return die == 9 ? ids[Below(ids.size())] : ids[ids.size() - 1 - Below(recent)];
  }

  void Leave() {
    Browser* browser = AnyOpen();
    if (browser == nullptr) return;
    browser->visitor.left = true;
    browser->tab->Leave();
  }

  void FailTheRpc() {
    if (!harness_.has_call()) return;
    harness_.TellEnd({.code = absl::StatusCode::kUnavailable, .message = "away"});
    if (Below(2) == 0) TellSome();
    for (int i = 0; i < 100 && !harness_.has_call(); ++i) {
      WatchWitness();
      harness_.Pass(absl::Seconds(1));
    }
    ASSERT_TRUE(harness_.has_call());
    if (Below(2) == 0) harness_.TellHeaders();
  }

  void WatchWitness() {
    witness_->Take(size_t{1} << 30);
    seen_by_witness_ += witness_->Body();
  }

  // Everybody reads all there is; then the stream ends in one of its ways, or just stands still.
  void End() {
    const size_t how = Below(4);
    // Who asks only after the end begins another stream; and what a goodbye overtakes nobody gets,
    // the witness neither.
    harness_.Turn();
    if (how == 0) harness_.TellEnd({});
    if (how == 1) {
      harness_.Drain();
      harness_.TellHeaders();
    }
    for (int i = 0; i < 3; ++i) {
      harness_.Turn();
      for (Browser& browser : tabs_) {
        if (browser.visitor.left) continue;
        browser.visitor.body += harness_.Got(*browser.tab);
      }
      harness_.Turn();
      WatchWitness();
    }
    if (how <= 1) {
      harness_.Pass(absl::Milliseconds(1100));
      EXPECT_EQ(harness_.active(), 0u) << how;
    }
  }

  // A browser that does not take all of its goodbye in time is broken off.
  void TakeNoteOfThoseCutOff() {
    size_t cut_off = 0;
    for (Browser& browser : tabs_) {
      const std::string& body = browser.visitor.body;
      const bool ended = absl::StrContains(body, "event: stream-error\n") ||
                         absl::StrContains(body, "event: stream-end\n");
      if (ended || browser.visitor.left || !browser.tab->at_end()) continue;
      browser.visitor.left = true;
      ++cut_off;
    }
    EXPECT_LE(cut_off, harness_.metrics().Value("edge_refused", "close_timeout"));
  }

  std::mt19937_64 random_;
  const size_t loops_;
  bool resumes_ = false;
  const StreamModel::Rules rules_;
  SharedHarness harness_;
  StreamModel model_;
  size_t told_ = 0;
  std::unique_ptr<Tab> witness_;
  std::string seen_by_witness_;
  std::vector<Browser> tabs_;
};

TEST(SharedStreamModel, OwesEveryBrowserARunOfOneListAndAGapForTheRest) {
  const size_t only = FromEnvironment("SLUICE_MODEL_SEED", 0);
  const size_t steps = FromEnvironment("SLUICE_MODEL_STEPS", kSteps);
  size_t told = 0;
  size_t visits = 0;
  for (size_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? 16 : only); ++seed) {
    RandomRun run(seed);
    const std::string wrong = run.Run(steps);
    ASSERT_EQ(wrong, "") << "SLUICE_MODEL_SEED=" << seed;
    ASSERT_FALSE(testing::Test::HasFailure()) << "SLUICE_MODEL_SEED=" << seed;
    told += run.told();
    visits += run.visits();
  }
  if (only == 0) {
    EXPECT_GT(told, steps);
    EXPECT_GT(visits, steps / 4);
  }
}

}  // namespace
}  // namespace sluice
