// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/body_sender.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using Kind = ChunkFraming::Kind;

// What is in the chunks of `wire`; anything that is no chunk ends it with `!`.
std::string Unchunk(absl::string_view wire) {
  std::string body;
  while (!wire.empty()) {
    const size_t line = wire.find("\r\n");
    if (line == absl::string_view::npos) return body + "!";
    const size_t size = std::stoul(std::string(wire.substr(0, line)), nullptr, 16);
    wire.remove_prefix(line + 2);
    if (wire.size() < size + 2 || wire.substr(size, 2) != "\r\n") return body + "!";
    absl::StrAppend(&body, wire.substr(0, size));
    wire.remove_prefix(size + 2);
    if (size == 0) return body + (wire.empty() ? "." : "!");
  }
  return body;
}

class BodySenderTest : public EdgeFixture {
 protected:
  void Start(Kind kind) {
    sender_ = std::make_unique<BodySender>(kind, log_.CursorAtEnd(), [this] { ++woken_; });
    sender_->Start(log_);
  }
  SendResult Send() { return sender_->Send(ours_.get(), head_, scratch_); }

  Pair pair_ = SocketPair();
  Fd ours_ = std::move(pair_.ours);
  Browser browser_{std::move(pair_.theirs)};
  SendScratch scratch_;
  ByteLog log_;
  std::string head_;
  int woken_ = 0;
  std::unique_ptr<BodySender> sender_;
};

TEST_F(BodySenderTest, SendsTheHeadWithTheFirstBytesInOneChunk) {
  Start(Kind::kChunked);
  head_ = "HEAD";
  log_.Append("a");
  log_.Append("b");
  log_.Publish();
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(sender_->unsent_bytes(), 2u);
  const SendResult result = Send();
  EXPECT_EQ(result.outcome, SendOutcome::kAll);
  EXPECT_EQ(result.sent, 2u);
  EXPECT_EQ(head_, "");
  EXPECT_EQ(browser_.Read(), "HEAD2\r\nab\r\n");
  EXPECT_EQ(sender_->unsent_bytes(), 0u);
}

TEST_F(BodySenderTest, SendsTheHeadAlone) {
  Start(Kind::kChunked);
  head_ = "HEAD";
  Send();
  EXPECT_EQ(browser_.Read(), "HEAD");
}

TEST_F(BodySenderTest, PutsTheMarkOfACompleteBodyBehindTheLastChunk) {
  Start(Kind::kChunked);
  log_.Append("a");
  log_.Close(BodyEnd::kClean);
  EXPECT_FALSE(sender_->done());
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, PutsItBehindWhatWasSentBefore) {
  Start(Kind::kChunked);
  Publish(log_, "a");
  Send();
  log_.Close(BodyEnd::kClean);
  EXPECT_EQ(woken_, 2);
  EXPECT_FALSE(sender_->done());
  Send();
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, LeavesAnOpenEndUnmarked) {
  Start(Kind::kChunked);
  log_.Append("a");
  log_.Close(BodyEnd::kOpen);
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, SendsPlainBytesToHttp10) {
  Start(Kind::kUntilClose);
  Publish(log_, "a");
  Send();
  log_.Append("b");
  log_.Close(BodyEnd::kClean);
  Send();
  EXPECT_EQ(browser_.Read(), "ab");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, GoesOnExactlyWhereTheKernelStopped) {
  const int small = 4096;
  ::setsockopt(ours_.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
  Start(Kind::kChunked);
  head_ = "";
  std::string expected, wire;
  for (int i = 0; i < 400; ++i) {
    const std::string event = absl::StrCat(i, ":", std::string(i * 7 % 900, 'x'), "\n");
    log_.Append(event);
    if (i % 3 == 0) log_.Publish();
    expected += event;
    Send();
    wire += browser_.Read(i * 131 % 1500);
  }
  log_.Close(BodyEnd::kClean);
  while (!sender_->done()) {
    Send();
    wire += browser_.Read(777);
  }
  wire += browser_.Read();
  EXPECT_EQ(Unchunk(wire), expected + ".");
}

TEST_F(BodySenderTest, LeavesTheRestForTheNextPass) {
  Start(Kind::kUntilClose);
  const int large = 8 << 20;
  ::setsockopt(ours_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof(large));
  for (int i = 0; i < 40; ++i) log_.Append(std::string(60'000, 'x'));
  log_.Publish();
  size_t read = 0;
  int passes = 0;
  while (sender_->unsent_bytes() > 0) {
    const SendResult result = Send();
    EXPECT_LE(result.sent, 2 * BodySender::kBytesPerSend);
    read += browser_.Read().size();
    ++passes;
  }
  EXPECT_EQ(read, 40u * 60'000);
  EXPECT_GE(passes, 5);
}

TEST_F(BodySenderTest, CanOutliveTheLogOnceItIsClosed) {
  auto log = std::make_unique<ByteLog>();
  sender_ = std::make_unique<BodySender>(Kind::kChunked, log->CursorAtEnd(), [] {});
  sender_->Start(*log);
  log->Append("a");
  log->Close(BodyEnd::kClean);
  log.reset();
  EXPECT_EQ(sender_->unsent_bytes(), 1u);
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
}

TEST_F(BodySenderTest, TakesALogThatIsClosedAlready) {
  ByteLogCursor start = log_.CursorAtEnd();
  log_.Append("a");
  log_.Close(BodyEnd::kClean);
  sender_ = std::make_unique<BodySender>(Kind::kChunked, start, [] {});
  sender_->Start(log_);
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, TakesTheEndOfALogThatWasNotClosedForAnOpenEnd) {
  auto log = std::make_unique<ByteLog>();
  sender_ = std::make_unique<BodySender>(Kind::kChunked, log->CursorAtEnd(), [] {});
  sender_->Start(*log);
  Publish(*log, "a");
  log.reset();
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, ForgetsTheLogWhenItIsAbandoned) {
  Start(Kind::kChunked);
  Publish(log_, "a");
  sender_->Abandon();
  Publish(log_, "b");
  Send();
  EXPECT_EQ(browser_.Read(), "2\r\nab\r\n");  // bytes behind the end in the same chunk do no harm
  EXPECT_EQ(sender_->end(), BodyEnd::kOpen);
}

}  // namespace
}  // namespace sluice
