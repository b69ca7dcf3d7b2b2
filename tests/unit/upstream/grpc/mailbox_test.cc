// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/upstream/grpc/channel.h"
#include "gateway/upstream/grpc/grpc_call.h"
#include "tests/unit/upstream/fake_service.h"
#include "tests/unit/upstream/thread_executor.h"

namespace sluice {
namespace {

class Recorder final : public Upstream::Observer {
 public:
  void OnHeaders() override {}
  void OnMessage(absl::string_view wire) override { messages.emplace_back(wire); }
  void OnEnd(const RpcStatus&) override {}

  std::vector<std::string> messages;
};

// A call to a port that never answers, so that only the test has news of it.
class MailboxTest : public ::testing::Test {
 protected:
  MailboxTest() {
    const ChannelMaker::Limits limits = {1'000, 1'000'000};
    call_ = std::make_shared<GrpcCall>(
        queue_, GrpcCall::Options{ChannelMaker(limits).Make(port_.target()), 1'000'000},
        CallRequest{.path = "/a.B/C"});
    call_->Open(recorder_, calls_executor_);
  }
  ~MailboxTest() override { call_->Abandon(); }

  Parcel ParcelOf(const std::vector<std::string>& messages) {
    Parcel parcel;
    parcel.call = call_;
    for (const std::string& message : messages) {
      const grpc::Slice slice(message);
      grpc::ByteBuffer buffer(&slice, 1);
      parcel.messages.emplace_back(buffer);
    }
    return parcel;
  }

  DeadPort port_{DeadPort::Kind::kSilent};
  CallQueue queue_;
  Recorder recorder_;
  ManualExecutor calls_executor_;
  std::shared_ptr<GrpcCall> call_;

  ManualExecutor executor_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>(executor_);
};

TEST_F(MailboxTest, PostsOnceForManyParcelsAndFlushes) {
  EXPECT_EQ(mailbox_->Stage(ParcelOf({"a"})), 1u);
  EXPECT_EQ(mailbox_->Stage(ParcelOf({"b", "c"})), 2u);
  EXPECT_EQ(executor_.waiting(), 0u);
  mailbox_->Flush();
  EXPECT_EQ(mailbox_->Stage(ParcelOf({"d"})), 1u);
  mailbox_->Flush();
  ASSERT_EQ(executor_.waiting(), 1u);
  executor_.RunOne();
  EXPECT_THAT(recorder_.messages, ::testing::ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(executor_.waiting(), 0u);
}

TEST_F(MailboxTest, LeavesTheRestOfALongBatchToTheNextTurnInOrder) {
  const std::vector<std::string> many(600, "m");
  for (int i = 0; i < 3; ++i) mailbox_->Stage(ParcelOf(many));
  mailbox_->Flush();
  executor_.RunOne();
  EXPECT_EQ(recorder_.messages.size(), 1'200u);
  mailbox_->Stage(ParcelOf({"last"}));
  mailbox_->Flush();
  ASSERT_EQ(executor_.waiting(), 1u);
  executor_.RunOne();
  EXPECT_EQ(recorder_.messages.size(), 1'801u);
  EXPECT_EQ(recorder_.messages.back(), "last");
}

TEST_F(MailboxTest, DropsEverythingWhenClosed) {
  mailbox_->Stage(ParcelOf({"a"}));
  mailbox_->Flush();
  mailbox_->Close();
  mailbox_->Stage(ParcelOf({"b"}));
  mailbox_->Flush();
  ASSERT_EQ(executor_.waiting(), 1u);
  executor_.RunOne();
  EXPECT_THAT(recorder_.messages, ::testing::IsEmpty());
}

TEST_F(MailboxTest, OutlivesItsOwnersInWhatIsPosted) {
  mailbox_->Stage(ParcelOf({"a"}));
  mailbox_->Flush();
  mailbox_.reset();
  executor_.RunOne();
  EXPECT_THAT(recorder_.messages, ::testing::ElementsAre("a"));
}

}  // namespace
}  // namespace sluice
