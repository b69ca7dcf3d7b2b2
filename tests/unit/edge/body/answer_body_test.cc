// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/answer_body.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/loop/fd.h"
#include "tests/support/told.h"

namespace sluice {
namespace {

class AnswerBodyTest : public ::testing::Test, private BodyReader {
 protected:
  AnswerBodyTest() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    ours_ = Fd(fds[0]);
    theirs_ = Fd(fds[1]);
  }

  std::string SendAndRead() {
    std::string head = "head ";
    EXPECT_EQ(body_.Send(ours_.get(), head, {scratch_, framed_}).outcome, SendOutcome::kAll);
    char buffer[256];
    const ssize_t n = ::read(theirs_.get(), buffer, sizeof(buffer));
    return std::string(buffer, n > 0 ? static_cast<size_t>(n) : 0);
  }

  void StartShared() { body_.Start(ChunkFraming::Kind::kUntilClose, shared_, *this); }

  void OnBytes() override { ++told_; }
  void OnEnd(BodyEnd) override { ++told_; }

  Fd ours_, theirs_;
  SendScratch scratch_;
  FramedPiece framed_;
  ByteLog log_;
  Told<SharedBody::Need> owner_{[](SharedBody::Need) {}};
  SharedBody shared_{owner_.call()};
  AnswerBody body_;
  int told_ = 0;
};

TEST_F(AnswerBodyTest, IsDoneWhereThereIsNone) {
  EXPECT_FALSE(body_.exists());
  EXPECT_TRUE(body_.done());
  EXPECT_EQ(body_.end(), std::nullopt);
  EXPECT_TRUE(body_.Abandon());
}

TEST_F(AnswerBodyTest, SendsALog) {
  log_.Append("body");
  body_.Start(ChunkFraming::Kind::kUntilClose, log_, log_.CursorAtEnd(), [this] { ++told_; });
  log_.Close(BodyEnd::kClean);
  EXPECT_GT(told_, 0);
  EXPECT_EQ(body_.unsent_bytes(), 4);
  EXPECT_EQ(SendAndRead(), "head body");
  EXPECT_EQ(body_.end(), BodyEnd::kClean);
  EXPECT_TRUE(body_.done());
}

TEST_F(AnswerBodyTest, SendsWhatIsLeftOfALogWhoseAppenderIsGone) {
  body_.Start(ChunkFraming::Kind::kUntilClose, log_, log_.CursorAtEnd(), [] {});
  log_.Append("rest");
  log_.Publish();
  EXPECT_TRUE(body_.Abandon());
  EXPECT_EQ(SendAndRead(), "head rest");
  EXPECT_EQ(body_.end(), BodyEnd::kOpen);
}

TEST_F(AnswerBodyTest, SendsASharedBodyAndPassesItsNewsOn) {
  StartShared();
  shared_.Append("own");
  shared_.Publish();
  EXPECT_EQ(told_, 1);
  EXPECT_EQ(SendAndRead(), "head own");
  EXPECT_FALSE(body_.done());
  shared_.Close(BodyEnd::kOpen);
  EXPECT_TRUE(body_.done());
}

TEST_F(AnswerBodyTest, CannotGoOnWithASharedBodyWhoseOwnerIsGone) {
  StartShared();
  EXPECT_FALSE(body_.Abandon());
  body_.Drop();
  EXPECT_FALSE(body_.exists());
  shared_.Publish();
  EXPECT_EQ(told_, 0);
}

}  // namespace
}  // namespace sluice
