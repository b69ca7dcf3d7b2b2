// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/schema_watch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

using Result = SchemaWatch::Result;
using Sign = SchemaDoubt::Sign;
using testing::ElementsAre;
using testing::IsEmpty;

class SchemaWatchTest : public testing::Test {
 protected:
  std::vector<std::string> Due() {
    return watch_.Due(upstreams_, [this](const std::string&) { return connected_; });
  }
  // How long it takes until "a" is asked again; nothing more often than every second.
  absl::Duration UntilDue() {
    absl::Duration waited;
    while (Due().empty() && waited < absl::Hours(1)) {
      clock_.Advance(absl::Seconds(1));
      waited += absl::Seconds(1);
    }
    return waited;
  }
  void Raise(Sign sign) { watch_.DoubtOf("a")->Raise(sign); }

  std::vector<std::string> upstreams_ = {"a", "b"};
  bool connected_ = false;
  FakeClock clock_;
  Metrics metrics_;
  SchemaWatch watch_{clock_, metrics_};
};

TEST_F(SchemaWatchTest, AsksOnlyWhereThereIsASign) {
  EXPECT_EQ(UntilDue(), absl::Hours(1));
  Raise(Sign::kUnknownFields);
  EXPECT_LE(UntilDue(), SchemaWatch::kJitter + absl::Seconds(1));
  EXPECT_EQ(metrics_.Value("schema_doubts", "unknown_fields"), 1u);
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(SchemaWatchTest, AsksAgainOnceAMinuteAndLessOftenWhereItIsOfNoUse) {
  absl::Duration least = SchemaWatch::kPause;
  Raise(Sign::kUnimplemented);
  UntilDue();
  watch_.Answered("a", Result::kChanged);
  for (int i = 0; i < 7; ++i) {
    Raise(Sign::kUnimplemented);
    const absl::Duration waited = UntilDue();
    EXPECT_GE(waited, least) << i;
    EXPECT_LE(waited, least + SchemaWatch::kJitter + absl::Seconds(1)) << i;
    watch_.Answered("a", i % 2 == 0 ? Result::kUnchanged : Result::kRefused);
    least = std::min(least * 2, SchemaWatch::kLongestPause);
  }
  EXPECT_EQ(metrics_.Value("schema_asked_again", "unchanged"), 4u);
  Raise(Sign::kReconnected);
  EXPECT_LE(UntilDue(), SchemaWatch::kPause + SchemaWatch::kJitter + absl::Seconds(1));
}

TEST_F(SchemaWatchTest, KeepsTheSignsOfAQuestionThatFailed) {
  Raise(Sign::kNotServed);
  UntilDue();
  watch_.Answered("a", Result::kFailed);
  EXPECT_EQ(watch_.Show()["a"].signs, SchemaDoubt::Only(Sign::kNotServed));
  EXPECT_LT(UntilDue(), absl::Minutes(3));
}

TEST_F(SchemaWatchTest, TakesANewConnectionForASignButNotTheFirst) {
  connected_ = true;
  EXPECT_EQ(UntilDue(), absl::Hours(1));
  connected_ = false;
  EXPECT_THAT(Due(), IsEmpty());
  connected_ = true;
  Due();
  EXPECT_EQ(watch_.Show()["a"].signs, SchemaDoubt::Only(Sign::kReconnected));
  clock_.Advance(SchemaWatch::kJitter);
  EXPECT_THAT(Due(), ElementsAre("a", "b"));
}

TEST_F(SchemaWatchTest, DoesNotHearWhatDoubtsASchemaFromBefore) {
  const std::shared_ptr<SchemaDoubt> before = watch_.DoubtOf("a");
  before->Raise(Sign::kUnknownFields);
  UntilDue();
  watch_.Renew("a");
  watch_.Answered("a", Result::kChanged);
  before->Raise(Sign::kUnknownFields);
  EXPECT_EQ(UntilDue(), absl::Hours(1));
}

TEST_F(SchemaWatchTest, ShowsWhatWasAnsweredLast) {
  Raise(Sign::kUnknownFields);
  UntilDue();
  EXPECT_FALSE(watch_.Show()["a"].asked);
  watch_.Answered("a", Result::kRefused);
  EXPECT_TRUE(watch_.Show()["a"].asked);
  EXPECT_EQ(watch_.Show()["a"].asked_at, clock_.Now());
  EXPECT_EQ(SchemaWatch::NameOf(watch_.Show()["a"].result), "refused");
  upstreams_ = {"b"};
  Due();
  EXPECT_FALSE(watch_.Show().contains("a"));
}

}  // namespace
}  // namespace sluice
