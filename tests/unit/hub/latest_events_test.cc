// SPDX-License-Identifier: Apache-2.0
#include "gateway/hub/latest_events.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/hub/roomy.h"

namespace sluice {
namespace {

// A log of frames `key=value;`, and the newest of each key beside it.
class LatestEventsTest : public testing::Test {
 protected:
  uint64_t Add(absl::string_view key, absl::string_view value) {
    const uint64_t position = log_.Append(absl::StrCat(key, "=", value, ";"), "", now_);
    latest_.Note(key, position);
    log_.Publish();
    return position;
  }
  void ForgetAllButTheNewest() {
    log_.ForgetOld(now_, [this](uint64_t position, absl::string_view frame) {
      latest_.Keep(position, frame);
    });
  }
  std::string Newest(uint64_t from) const { return latest_.Collect(from, 1000, log_).frames; }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  EventLog log_{Roomy(EventLog::Options{.max_events = 1, .ids = EventLog::Ids::kAuthors}), "ep"};
  LatestEvents latest_{24};
};

TEST_F(LatestEventsTest, AreOneForEachKeyInTheOrderOfTheirLastChange) {
  Add("a", "1");
  Add("b", "1");
  Add("a", "2");
  Add("c", "1");
  Add("b", "2");
  const LatestEvents::Batch batch = latest_.Collect(0, 1000, log_);
  EXPECT_EQ(batch.frames, "a=2;c=1;b=2;");
  EXPECT_EQ(batch.events, 3u);
  EXPECT_TRUE(batch.complete);
  EXPECT_FALSE(batch.lost);
  EXPECT_EQ(batch.next, log_.log().published());
}

TEST_F(LatestEventsTest, AreThoseThatChangedSince) {
  Add("a", "1");
  const uint64_t from = Add("b", "1");
  Add("c", "1");
  EXPECT_EQ(Newest(from), "b=1;c=1;");
  EXPECT_EQ(Newest(log_.log().published()), "");
}

TEST_F(LatestEventsTest, AreStillThereWhenTheLogHasForgottenThem) {
  Add("a", "1");
  Add("b", "1");
  Add("c", "1");
  ForgetAllButTheNewest();
  EXPECT_EQ(log_.events(), 1u);
  EXPECT_EQ(Newest(0), "a=1;b=1;c=1;");
  Add("a", "2");
  EXPECT_EQ(Newest(0), "b=1;c=1;a=2;");
}

TEST_F(LatestEventsTest, LeaveOutWhatIsNotPublished) {
  Add("a", "1");
  latest_.Note("b", log_.Append("b=1;", "", now_));
  const LatestEvents::Batch batch = latest_.Collect(0, 1000, log_);
  EXPECT_EQ(batch.frames, "a=1;");
  EXPECT_TRUE(batch.complete);
  EXPECT_EQ(batch.next, 4u);
}

TEST_F(LatestEventsTest, ComeInBatches) {
  for (const char* key : {"a", "b", "c", "d", "e"}) Add(key, "1");
  LatestEvents::Batch batch = latest_.Collect(0, 6, log_);
  EXPECT_EQ(batch.frames, "a=1;b=1;");
  EXPECT_FALSE(batch.complete);
  Add("a", "2");  // while the batch is on its way
  Add("d", "2");
  std::string frames;
  while (!batch.complete) {
    batch = latest_.Collect(batch.next, 6, log_);
    frames += batch.frames;
  }
  EXPECT_EQ(frames, "c=1;e=1;a=2;d=2;");
}

TEST_F(LatestEventsTest, DropTheKeyThatHasNotChangedForLongestWhenThereAreTooMany) {
  const uint64_t at_a = Add("a", "1");
  for (const char* key : {"b", "c", "d", "e", "f", "g"}) Add(key, "1");
  ForgetAllButTheNewest();  // six of five bytes each; four fit
  LatestEvents::Batch batch = latest_.Collect(at_a, 1000, log_);
  EXPECT_EQ(batch.frames, "c=1;d=1;e=1;f=1;g=1;");
  EXPECT_TRUE(batch.lost);
  batch = latest_.Collect(8, 1000, log_);
  EXPECT_EQ(batch.frames, "c=1;d=1;e=1;f=1;g=1;");
  EXPECT_FALSE(batch.lost);
}

TEST_F(LatestEventsTest, CountWhatAnotherEventReplacesNoMore) {
  for (int i = 0; i < 100; ++i) {
    for (const char* key : {"a", "b", "c"}) Add(key, absl::StrCat(i % 10));
    ForgetAllButTheNewest();
  }
  EXPECT_FALSE(latest_.Collect(0, 1000, log_).lost);
  EXPECT_EQ(Newest(0), "a=9;b=9;c=9;");
}

TEST_F(LatestEventsTest, KnowAKeyAgainThatWasDropped) {
  Add("a", std::string(30, 'x'));
  Add("b", "1");
  ForgetAllButTheNewest();
  EXPECT_EQ(Newest(0), "b=1;");
  Add("a", "2");
  EXPECT_EQ(Newest(0), "b=1;a=2;");
}

}  // namespace
}  // namespace sluice
