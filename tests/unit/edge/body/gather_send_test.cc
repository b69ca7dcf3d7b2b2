// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/gather_send.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

class GatherSendTest : public EdgeFixture {
 protected:
  Pair pair_ = SocketPair();
  Fd ours_ = std::move(pair_.ours);
  Browser browser_{std::move(pair_.theirs)};
  SendScratch scratch_;
};

TEST_F(GatherSendTest, SendsPiecesOneBehindTheOther) {
  const SendResult result = GatherSend(ours_.get(), {"a", "", "bc", "d"}, scratch_);
  EXPECT_EQ(result.outcome, SendOutcome::kAll);
  EXPECT_EQ(result.sent, 4u);
  EXPECT_EQ(browser_.Read(), "abcd");
}

TEST_F(GatherSendTest, SendsWhatDoesNotFitIntoTheScratch) {
  const std::string large(20'000, 'x');
  EXPECT_EQ(GatherSend(ours_.get(), {"a", large, "b"}, scratch_).sent, 20'002u);
  EXPECT_EQ(browser_.Read(), "a" + large + "b");
}

TEST_F(GatherSendTest, HasNothingToDoWithoutBytes) {
  EXPECT_EQ(GatherSend(-1, {"", ""}, scratch_).outcome, SendOutcome::kAll);
}

TEST_F(GatherSendTest, StopsWhenTheKernelIsFull) {
  const std::string large(8'000'000, 'x');
  const SendResult result = GatherSend(ours_.get(), {"a", large}, scratch_);
  EXPECT_EQ(result.outcome, SendOutcome::kBlocked);
  EXPECT_GT(result.sent, 0u);
  EXPECT_LT(result.sent, large.size());
  EXPECT_EQ(GatherSend(ours_.get(), {"a"}, scratch_).sent, 0u);
}

TEST_F(GatherSendTest, KnowsWhatTheOtherSideHasNotTaken) {
  EXPECT_EQ(QueuedBytes(ours_.get()), 0u);
  GatherSend(ours_.get(), {std::string(100, 'x')}, scratch_);
  EXPECT_GE(QueuedBytes(ours_.get()), 100u);
  browser_.Read();
  EXPECT_EQ(QueuedBytes(ours_.get()), 0u);
  EXPECT_EQ(QueuedBytes(-1), 0u);
}

TEST_F(GatherSendTest, SaysWhenNobodyWillRead) {
  browser_.Close();
  EXPECT_EQ(GatherSend(ours_.get(), {"a"}, scratch_).outcome, SendOutcome::kBroken);
}

}  // namespace
}  // namespace sluice
