// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/body_sender.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using Kind = ChunkFraming::Kind;

// What is in the chunks of `wire`; anything that is no chunk ends it with `!`, a whole body with
// `.`.
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

class BodySenderTest : public EdgeFixture, public BodyReader {
 protected:
  void Start(Kind kind) { sender_ = std::make_unique<BodySender>(kind, body_, *this); }
  SendResult Send() { return sender_->Send(socket_, head_, {scratch_, framed_}); }
  void PublishEntry(const std::string& entry) {
    log_.Append(entry);
    log_.Publish();
    window_.Look();
  }
  void ShrinkSendBuffer() {
    const int small = 4096;
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
  }
  // Sends and reads a few bytes at a time, until there is nothing more.
  std::string ReadToTheEnd() {
    std::string wire;
    while (!sender_->done()) {
      Send();
      wire += browser_.Read(777);
    }
    return wire + browser_.Read();
  }

  void OnBytes() override { told_ += "bytes "; }
  void OnEnd(BodyEnd) override { told_ += "end "; }

  Pair pair_ = SocketPair();
  Socket socket_{std::move(pair_.ours)};
  Browser browser_{std::move(pair_.theirs)};
  SendScratch scratch_;
  FramedPiece framed_;
  SharedLog log_{{}};
  SharedLogWindow window_{log_, "\n\n"};
  std::string needs_;
  Told<Body::Need> owner_{[this](Body::Need need) {
    needs_ += need == Body::Need::kCaughtUp ? "caught_up "
              : need == Body::Need::kTaken  ? "taken "
                                            : "behind ";
    if (need == Body::Need::kCaughtUp) {
      body_.Detach();
      body_.Append("end");
      body_.Close(BodyEnd::kClean);
    }
  }};
  Body body_{owner_.call()};
  std::string head_;
  std::unique_ptr<BodySender> sender_;
};

TEST_F(BodySenderTest, SendsTheHeadOwnBytesAndTheLogInChunks) {
  Start(Kind::kChunked);
  head_ = "HEAD";
  body_.Append("open\n\n");
  body_.Attach(window_, 0);
  PublishEntry("1\n\n");
  const SendResult result = Send();
  EXPECT_EQ(result.outcome, SendOutcome::kAll);
  EXPECT_EQ(result.sent, 4u + 11 + 8);
  EXPECT_EQ(head_, "");
  EXPECT_EQ(browser_.Read(), "HEAD6\r\nopen\n\n\r\n3\r\n1\n\n\r\n");
  EXPECT_FALSE(sender_->done());
}

TEST_F(BodySenderTest, SendsTheHeadAlone) {
  Start(Kind::kChunked);
  head_ = "HEAD";
  Send();
  EXPECT_EQ(browser_.Read(), "HEAD");
}

TEST_F(BodySenderTest, SendsPlainBytesToHttp10) {
  Start(Kind::kUntilClose);
  head_ = "HEAD";
  body_.Append("open ");
  body_.Attach(window_, 0);
  PublishEntry("1\n\n");
  Send();
  PublishEntry("2\n\n");
  Send();
  body_.Detach();
  body_.Append("end");
  body_.Close(BodyEnd::kClean);
  EXPECT_FALSE(sender_->done());
  Send();
  EXPECT_EQ(browser_.Read(), "HEADopen 1\n\n2\n\nend");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, MarksACleanEndOnceAndWithTheLastChunk) {
  Start(Kind::kChunked);
  body_.Append("a");
  body_.Close(BodyEnd::kClean);
  EXPECT_FALSE(sender_->done());
  Send();
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, MarksACleanEndBehindWhatWasSentBefore) {
  Start(Kind::kChunked);
  body_.Append("a");
  Send();
  body_.Close(BodyEnd::kClean);
  EXPECT_FALSE(sender_->done());
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, LeavesAnOpenEndUnmarked) {
  Start(Kind::kChunked);
  body_.Append("a");
  body_.Close(BodyEnd::kOpen);
  EXPECT_FALSE(sender_->done());
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, AsksForTheEndWhenAClosedLogIsSent) {
  Start(Kind::kChunked);
  body_.Attach(window_, 0);
  PublishEntry("1\n\n");
  window_.Close();
  Send();
  EXPECT_EQ(needs_, "caught_up ");
  Send();
  EXPECT_EQ(browser_.Read(), "3\r\n1\n\n\r\n3\r\nend\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, GoesOnExactlyWhereTheKernelStopped) {
  ShrinkSendBuffer();
  Start(Kind::kChunked);
  body_.Attach(window_, 0);
  std::string expected, wire;
  for (int i = 0; i < 400; ++i) {
    const std::string event = absl::StrCat(i, ":", std::string(i * 7 % 900, 'x'), "\n\n");
    PublishEntry(event);
    expected += event;
    Send();
    wire += browser_.Read(i * 131 % 1500);
  }
  window_.Close();
  wire += ReadToTheEnd();
  EXPECT_EQ(Unchunk(wire), expected + "end.");
}

TEST_F(BodySenderTest, TearsNoEntryWhateverIsAppendedOrForgottenMeanwhile) {
  ShrinkSendBuffer();
  Start(Kind::kChunked);
  body_.Attach(window_, 0);
  std::string wire;
  for (int i = 0; i < 600; ++i) {
    PublishEntry(absl::StrCat("[", std::string(i * 37 % 3000, 'x'), "]\n\n"));
    Send();
    wire += browser_.Read(i * 131 % 1100);
    if (i % 50 == 25) body_.Append("(own)");
    if (i % 80 == 79) {
      log_.ForgetBefore(log_.published());
      window_.Look();
      if (!body_.attached()) body_.Attach(window_, window_.end());
    }
  }
  window_.Close();
  wire += ReadToTheEnd();
  std::string body = Unchunk(wire);
  EXPECT_NE(body.find("(own)"), std::string::npos);
  // Take away what is whole; nothing may be left.
  while (!body.empty()) {
    const size_t size = body[0] == '(' ? 5 : body.find("]\n\n") + 3;
    const std::string entry = body.substr(0, size);
    const bool whole =
        entry == "(own)" || (entry[0] == '[' && entry.find_first_not_of('x', 1) == size - 3);
    if (!whole) break;
    body.erase(0, size);
  }
  EXPECT_EQ(body, "end.");
}

TEST_F(BodySenderTest, TellsItsBodyThatTheKernelIsFull) {
  ShrinkSendBuffer();
  Start(Kind::kChunked);
  body_.TellWhenBehind();
  body_.Attach(window_, 0);
  PublishEntry(std::string(60'000, 'x') + "\n\n");
  PublishEntry("1\n\n");
  EXPECT_EQ(Send().outcome, SendOutcome::kBlocked);
  EXPECT_EQ(needs_, "");
  std::string wire;
  for (int i = 0; i < 100; ++i) {
    wire += browser_.Read();
    Send();
  }
  EXPECT_EQ(needs_, "behind ");
  EXPECT_EQ(Unchunk(wire), std::string(60'000, 'x') + "\n\n");
}

// Events of a stream of its own lie in many places, of which one send takes a few.
TEST_F(BodySenderTest, GoesOnWhereTheKernelStoppedInOwnBytesToo) {
  ShrinkSendBuffer();
  Start(Kind::kChunked);
  std::string expected, wire;
  for (int i = 0; i < 400; ++i) {
    const std::string event = absl::StrCat(i, ":", std::string(i * 7 % 2900, 'x'), "\n");
    OutputBuffer tail = body_.Tail();
    tail.Append(event);
    body_.AppendTail(tail);
    expected += event;
    if (i % 3 == 0) Send();
    wire += browser_.Read(i * 131 % 1500);
  }
  body_.Close(BodyEnd::kClean);
  wire += ReadToTheEnd();
  EXPECT_EQ(Unchunk(wire), expected + ".");
}

TEST_F(BodySenderTest, SendsOwnBytesThatLieInManyPlacesAsOneChunk) {
  const int large = 1 << 20;
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof(large));
  Start(Kind::kChunked);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    body_.Append(std::string(5000, static_cast<char>('a' + i % 26)));
    expected += std::string(5000, static_cast<char>('a' + i % 26));
  }
  Send();
  EXPECT_EQ(browser_.Read(), absl::StrCat("30d40\r\n", expected, "\r\n"));
}

TEST_F(BodySenderTest, TellsItsBodyWhatWasTakenAndTheReaderWhatIsThere) {
  Start(Kind::kChunked);
  body_.TellWhenTaken();
  body_.Append("a");
  body_.Publish();
  EXPECT_EQ(told_, "bytes ");
  Send();
  EXPECT_EQ(needs_, "taken ");
  Send();
  EXPECT_EQ(needs_, "taken ");  // there was nothing
  body_.Close(BodyEnd::kOpen);
  EXPECT_EQ(told_, "bytes end ");
  sender_.reset();
}

TEST_F(BodySenderTest, TakesABodyThatIsClosedAlready) {
  body_.Append("a");
  body_.Close(BodyEnd::kClean);
  Start(Kind::kChunked);
  EXPECT_EQ(told_, "bytes end ");
  Send();
  EXPECT_EQ(browser_.Read(), "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(sender_->done());
}

TEST_F(BodySenderTest, LeavesTheRestForTheNextPass) {
  Start(Kind::kChunked);
  const int large = 8 << 20;
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof(large));
  body_.Attach(window_, 0);
  for (int i = 0; i < 200; ++i) PublishEntry(std::string(10'000, 'x') + "\n\n");
  std::string wire;
  int passes = 0;
  while (body_.unsent_bytes() > 0) {
    EXPECT_LE(Send().sent, 2 * BodySender::kBytesPerSend);
    wire += browser_.Read();
    ++passes;
  }
  EXPECT_EQ(Unchunk(wire).size(), 200u * 10'002);
  EXPECT_GE(passes, 5);
}

TEST_F(BodySenderTest, SaysThatTheBrowserIsGone) {
  Start(Kind::kChunked);
  body_.Attach(window_, 0);
  PublishEntry("1\n\n");
  browser_.Close();
  EXPECT_EQ(Send().outcome, SendOutcome::kBroken);
}

}  // namespace
}  // namespace sluice
