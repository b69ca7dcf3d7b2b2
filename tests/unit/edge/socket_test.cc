// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/socket.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

class SocketTest : public EdgeFixture {
 protected:
  Pair pair_ = SocketPair();
  Socket socket_{std::move(pair_.ours)};
  Browser browser_{std::move(pair_.theirs)};
  SendScratch scratch_;
};

TEST_F(SocketTest, SendsPiecesOneBehindTheOther) {
  const SendResult result = socket_.Send({"a", "", "bc", "d"}, scratch_);
  EXPECT_EQ(result.outcome, SendOutcome::kAll);
  EXPECT_EQ(result.sent, 4u);
  EXPECT_EQ(browser_.Read(), "abcd");
}

TEST_F(SocketTest, SendsWhatDoesNotFitIntoTheScratch) {
  const std::string large(20'000, 'x');
  EXPECT_EQ(socket_.Send({"a", large, "b"}, scratch_).sent, 20'002u);
  EXPECT_EQ(browser_.Read(), "a" + large + "b");
}

TEST_F(SocketTest, HasNothingToDoWithoutBytes) {
  EXPECT_EQ(Socket(Fd()).Send({"", ""}, scratch_).outcome, SendOutcome::kAll);
}

TEST_F(SocketTest, StopsWhenTheKernelIsFull) {
  const std::string large(8'000'000, 'x');
  const SendResult result = socket_.Send({"a", large}, scratch_);
  EXPECT_EQ(result.outcome, SendOutcome::kBlocked);
  EXPECT_GT(result.sent, 0u);
  EXPECT_LT(result.sent, large.size());
  EXPECT_EQ(socket_.Send({"a"}, scratch_).sent, 0u);
}

TEST_F(SocketTest, KnowsWhatTheOtherSideHasNotTaken) {
  EXPECT_EQ(socket_.queued_bytes(), 0u);
  socket_.Send({std::string(100, 'x')}, scratch_);
  EXPECT_GE(socket_.queued_bytes(), 100u);
  browser_.Read();
  EXPECT_EQ(socket_.queued_bytes(), 0u);
  EXPECT_EQ(Socket(Fd()).queued_bytes(), 0u);
}

TEST_F(SocketTest, SaysWhenNobodyWillRead) {
  browser_.Close();
  EXPECT_EQ(socket_.Send({"a"}, scratch_).outcome, SendOutcome::kBroken);
}

TEST_F(SocketTest, ReceivesWhatThereIsAndThenTheEnd) {
  std::array<char, 4> room;
  EXPECT_EQ(socket_.Receive(absl::MakeSpan(room)).outcome, ReceiveOutcome::kBlocked);
  browser_.Send("abcdef");
  ReceiveResult result = socket_.Receive(absl::MakeSpan(room));
  EXPECT_EQ(result.outcome, ReceiveOutcome::kBytes);
  EXPECT_EQ(absl::string_view(room.data(), result.received), "abcd");
  result = socket_.Receive(absl::MakeSpan(room));
  EXPECT_EQ(absl::string_view(room.data(), result.received), "ef");
  browser_.CloseSendingSide();
  EXPECT_EQ(socket_.Receive(absl::MakeSpan(room)).outcome, ReceiveOutcome::kEnd);
}

TEST_F(SocketTest, SaysWhenItIsBroken) {
  std::array<char, 4> room;
  EXPECT_EQ(Socket(Fd()).Receive(absl::MakeSpan(room)).outcome, ReceiveOutcome::kBroken);
}

TEST_F(SocketTest, FinishesSendingAndStillReceives) {
  socket_.Send({"last"}, scratch_);
  socket_.FinishSending();
  EXPECT_EQ(browser_.Read(), "last");
  EXPECT_TRUE(browser_.SawEnd());
  EXPECT_FALSE(browser_.IsClosed());
  browser_.Send("ab");
  std::array<char, 4> room;
  EXPECT_EQ(socket_.Receive(absl::MakeSpan(room)).received, 2u);
}

TEST_F(SocketTest, ClosesForGood) {
  socket_.Close();
  EXPECT_TRUE(browser_.IsClosed());
  EXPECT_EQ(socket_.fd(), -1);
  EXPECT_EQ(socket_.Send({"a"}, scratch_).outcome, SendOutcome::kBroken);
}

}  // namespace
}  // namespace sluice
