// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/status_board.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StatusBoardTest : public testing::Test {
 protected:
  void Publish(bool first_known, bool second_known) {
    board_.Publish({.snapshot = nullptr,
                    .upstreams = {{.name = "a", .target = "x:1", .schema_known = first_known},
                                  {.name = "b", .target = "x:2", .schema_known = second_known}},
                    .limits = {{"head", "16KiB"}},
                    .methods = first_known || second_known ? size_t{1} : 0,
                    .schema_problems = problems_,
                    .schema_warnings = {{"t.S.M", "odd"}}});
  }

  Problems problems_;  // of what is published
  FakeClock clock_;
  StatusBoard board_{clock_};
};

TEST_F(StatusBoardTest, IsReadyWhenActiveAndAnyServiceIsKnown) {
  EXPECT_THAT(board_.NotReady(), ElementsAre("starting"));
  board_.SetPhase(StatusBoard::Phase::kActive);
  Publish(false, false);
  EXPECT_THAT(board_.NotReady(),
              ElementsAre("the schema of a is not known yet", "the schema of b is not known yet"));
  Publish(false, true);
  EXPECT_THAT(board_.NotReady(), IsEmpty());
  board_.SetPhase(StatusBoard::Phase::kDraining);
  EXPECT_THAT(board_.NotReady(), ElementsAre("draining"));
}

TEST_F(StatusBoardTest, ASchemaThatCannotBeServedIsAReasonOnlyWhereThereIsNoOther) {
  board_.SetPhase(StatusBoard::Phase::kActive);
  Publish(false, false);
  board_.SetSchemaProblems({{"sluice.yaml:1:1", "no such method"}});
  EXPECT_THAT(board_.NotReady(),
              ElementsAre("sluice.yaml:1:1: no such method", "the schema of a is not known yet",
                          "the schema of b is not known yet"));
  Publish(true, false);
  board_.SetSchemaProblems({{"sluice.yaml:1:1", "no such method"}});
  EXPECT_THAT(board_.NotReady(), IsEmpty());
  EXPECT_THAT(board_.Read().schema_problems, ElementsAre("sluice.yaml:1:1: no such method"));
}

TEST_F(StatusBoardTest, SaysWithoutALockWhetherItIsReady) {
  EXPECT_FALSE(board_.ready());
  board_.SetPhase(StatusBoard::Phase::kActive);
  EXPECT_EQ(board_.ready(), board_.NotReady().empty());
  Publish(false, false);
  EXPECT_FALSE(board_.ready());
  Publish(true, false);
  EXPECT_TRUE(board_.ready());
  board_.SetSchemaProblems({{"sluice.yaml:1:1", "no such method"}});
  EXPECT_TRUE(board_.ready());
  board_.SetPhase(StatusBoard::Phase::kDraining);
  EXPECT_FALSE(board_.ready());
}

TEST_F(StatusBoardTest, WithNothingToServeItIsNotReadyAndSaysWhatWasLeftOut) {
  board_.SetPhase(StatusBoard::Phase::kActive);
  board_.Publish({.upstreams = {{.name = "a", .target = "x:1", .schema_known = true}}});
  EXPECT_THAT(board_.NotReady(), ElementsAre("there is no method to serve"));
  for (int i = 0; i < 30; ++i)
    problems_.push_back({"reflection of a", absl::StrCat("left out ", i)});
  board_.Publish({.upstreams = {{.name = "a", .target = "x:1", .schema_known = true}},
                  .schema_problems = problems_});
  const std::vector<std::string> reasons = board_.NotReady();
  ASSERT_EQ(reasons.size(), 21u);
  EXPECT_EQ(reasons[0], "reflection of a: left out 0");
  EXPECT_EQ(reasons[20], "and 10 more, which /status has");
  EXPECT_EQ(board_.Read().schema_problems.size(), 30u);
}

TEST_F(StatusBoardTest, ShowsWhatIsWrongWithSchemasThatAreInForce) {
  problems_ = {{"reflection of a", "service t.S is left out"}};
  Publish(true, true);
  EXPECT_THAT(board_.Read().schema_problems,
              ElementsAre("reflection of a: service t.S is left out"));
  EXPECT_THAT(board_.Read().schema_warnings, ElementsAre("t.S.M: odd"));
}

TEST_F(StatusBoardTest, RemembersTheLastRefusedReload) {
  EXPECT_FALSE(board_.Read().refused_reload.has_value());
  board_.SetRefusedReload({{"f", "wrong"}});
  clock_.Advance(absl::Seconds(3));
  EXPECT_FALSE(board_.last_reload_successful());
  board_.SetAppliedReload();
  EXPECT_TRUE(board_.last_reload_successful());
  const GatewayStatus status = board_.Read();
  EXPECT_EQ(status.refused_reload->age, absl::Seconds(3));
  EXPECT_EQ(status.uptime, absl::Seconds(3));
  EXPECT_EQ(status.phase, "starting");
  EXPECT_THAT(status.limits, IsEmpty());
}

}  // namespace
}  // namespace sluice
