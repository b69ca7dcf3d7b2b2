// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/status_board.h"

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
                    .limits = {{"head", "16KiB"}}});
  }

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
  EXPECT_THAT(board_.NotReady(), ElementsAre("sluice.yaml:1:1: no such method"));
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
