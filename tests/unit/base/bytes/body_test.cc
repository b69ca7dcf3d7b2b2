// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/body.h"

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/body_text.h"
#include "tests/support/told.h"

namespace sluice {
namespace {

using Need = Body::Need;

// Remembers what it is told.
class Reader final : public BodyReader {
 public:
  void OnBytes() override { told += "bytes "; }
  void OnPass() override {
    told += "pass ";
    if (on_pass) on_pass();
  }
  void OnEnd(BodyEnd end) override { told += end == BodyEnd::kClean ? "clean " : "open "; }

  std::string told;
  std::function<void()> on_pass;
};

class BodyTest : public testing::Test {
 protected:
  ~BodyTest() override {
    if (body_.has_value()) body_->SetReader(nullptr);
  }
  void Publish(const std::string& entry) {
    log_.Append(entry);
    log_.Publish();
  }
  void Look(const std::string& entry) {
    Publish(entry);
    window_.Look();
  }
  void Forget(uint64_t position) {
    log_.ForgetBefore(position);
    window_.Look();
  }
  std::string Send() { return SendPiece(*body_); }

  std::string needs_;
  SharedLog log_{{}};
  SharedLogWindow window_{log_, "\n\n"};
  Reader reader_;
  Told<Body::Need> owner_{[this](Need need) {
    needs_ += need == Need::kLost     ? "lost "
              : need == Need::kBehind ? "behind "
              : need == Need::kSent   ? "sent "
              : need == Need::kBegun  ? "begun "
              : need == Need::kTaken  ? "taken "
                                      : "caught_up ";
  }};
  std::optional<Body> body_{std::in_place, owner_.call()};
};

TEST_F(BodyTest, TellsItsReaderOfOwnBytesAndOfTheLog) {
  body_->SetReader(&reader_);
  EXPECT_EQ(reader_.told, "");
  body_->Append("own");
  EXPECT_EQ(reader_.told, "");
  body_->Publish();
  EXPECT_EQ(reader_.told, "bytes ");
  body_->Attach(window_, 0);
  Look("1\n\n");
  EXPECT_EQ(reader_.told, "bytes pass ");
}

TEST_F(BodyTest, TellsAReaderThatComesLaterWhatHappened) {
  body_->Append("own");
  body_->Close(BodyEnd::kOpen);
  body_->SetReader(&reader_);
  EXPECT_EQ(reader_.told, "bytes open ");
  EXPECT_EQ(body_->end(), BodyEnd::kOpen);
}

TEST_F(BodyTest, TellsNothingOnceItsReaderIsTakenAway) {
  body_->SetReader(&reader_);
  body_->SetReader(nullptr);
  body_->Append("own");
  body_->Publish();
  body_->Close(BodyEnd::kClean);
  EXPECT_EQ(reader_.told, "");
}

TEST_F(BodyTest, SendsWhatWasWrittenWhereItLies) {
  OutputBuffer tail = body_->Tail();
  tail.Append("one ");
  body_->AppendTail(tail);
  body_->Tail().Append("of this nothing stays");
  body_->Append("two");
  EXPECT_EQ(body_->unsent_bytes(), 7u);
  EXPECT_EQ(SendAll(*body_), "one two");
}

TEST_F(BodyTest, GivesOwnBytesInPiecesOfALimitedSize) {
  std::string expected;
  for (int i = 0; i < 70; ++i) {
    const std::string event(10'000, static_cast<char>('a' + i % 26));
    body_->Append(event);
    expected += event;
  }
  std::string sent;
  int pieces = 0;
  for (std::string piece = Send(); !piece.empty(); piece = Send(), ++pieces) {
    EXPECT_LE(piece.size(), Body::kOwnPieceBytes);
    sent += piece;
  }
  EXPECT_EQ(sent, expected);
  EXPECT_EQ(pieces, 3);
}

TEST_F(BodyTest, AsksWheneverSomeOfItWasTakenOnlyIfItIsToTell) {
  body_->Append("own");
  body_->NoteTaken();
  EXPECT_EQ(needs_, "");
  body_->TellWhenTaken();
  body_->NoteTaken();
  body_->NoteTaken();
  EXPECT_EQ(needs_, "taken taken ");
}

TEST_F(BodyTest, CountsWhatTheKernelHasTakenOfTheLog) {
  LoopCounter entries, bytes;
  window_.CountInto(entries, bytes);
  body_->TellWhenBegun();
  body_->Append("own");
  body_->Attach(window_, 0);
  Look("1\n\n");
  Look("22\n\n");
  EXPECT_EQ(Send(), "own");
  EXPECT_EQ(needs_, "");
  body_->NextPiece();
  body_->PutBack();
  EXPECT_EQ(body_->sent_entries(), 0u);
  body_->NextPiece();
  body_->Advance(2);
  EXPECT_EQ(needs_, "begun ");
  body_->Advance(5);
  Look("3\n\n");
  Send();
  EXPECT_EQ(needs_, "begun ");
  EXPECT_EQ(body_->sent_entries(), 3u);
  EXPECT_EQ(body_->sent_log_bytes(), 10u);
  EXPECT_EQ(entries.value(), 3);
  EXPECT_EQ(bytes.value(), 10);
}

TEST_F(BodyTest, CountsThePieceThatItKeepsWhenItIsDetached) {
  body_->SetReader(&reader_);
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NextPiece();
  body_->Advance(1);
  body_->Detach();
  EXPECT_EQ(body_->sent_entries(), 1u);
  EXPECT_EQ(body_->sent_log_bytes(), 3u);
  body_->Advance(2);
  EXPECT_EQ(body_->sent_log_bytes(), 3u);
}

TEST_F(BodyTest, SendsOwnBytesBetweenEntries) {
  body_->Append("open ");
  body_->Attach(window_, 0);
  Look("1\n\n2\n\n");
  EXPECT_EQ(body_->unsent_bytes(), 11u);
  EXPECT_EQ(Send(), "open ");
  body_->NextPiece();
  body_->Advance(2);
  body_->Append("beat ");
  Look("3\n\n");
  EXPECT_EQ(RestOf(*body_), "\n2\n\n");
  body_->Advance(4);
  EXPECT_EQ(Send(), "beat ");
  EXPECT_EQ(Send(), "3\n\n");
  EXPECT_EQ(Send(), "");
  EXPECT_TRUE(body_->idle());
}

TEST_F(BodyTest, SendsWhatWasAppendedMeanwhileAsTheNextPiece) {
  body_->Append("abc");
  body_->NextPiece();
  body_->Advance(1);
  body_->Append("def");
  EXPECT_EQ(RestOf(*body_), "bc");
  EXPECT_EQ(body_->unsent_bytes(), 5u);
  body_->Advance(2);
  EXPECT_EQ(RestOf(*body_), "");
  EXPECT_EQ(Send(), "def");
}

TEST_F(BodyTest, BeginsWhereItIsTold) {
  Look("1\n\n");
  Look("2\n\n");
  body_->Attach(window_, 3);
  EXPECT_EQ(body_->position(), 3u);
  const Body::Piece piece = body_->NextPiece();
  EXPECT_EQ(piece.bytes, "2\n\n");
  EXPECT_TRUE(piece.is_of_log);
  EXPECT_EQ(piece.serial, window_.serial());
  EXPECT_EQ(piece.position, 3u);
  EXPECT_EQ(body_->position(), 6u);  // behind the piece under way
}

// Its home has counted an event that this loop has not seen.
TEST_F(BodyTest, MayBeginAheadOfWhatItsWindowHasSeen) {
  log_.Append("1\n\n");
  body_->Attach(window_, 3);
  EXPECT_EQ(body_->unsent_bytes(), 0u);
  EXPECT_TRUE(body_->idle());
  EXPECT_EQ(Send(), "");
  log_.Publish();
  Look("2\n\n");
  EXPECT_EQ(Send(), "2\n\n");
}

TEST_F(BodyTest, TakesAPieceBackThatIsNoPromiseYet) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NextPiece();
  body_->PutBack();
  body_->Append("own");
  EXPECT_EQ(Send(), "own");
  EXPECT_EQ(Send(), "1\n\n");
}

TEST_F(BodyTest, GivesPiecesOfALimitedSize) {
  body_->Attach(window_, 0);
  const std::string entry = std::string(1000, 'x') + "\n\n";
  for (int i = 0; i < 60; ++i) Publish(entry);
  window_.Look();
  size_t sent = 0;
  for (std::string piece = Send(); !piece.empty(); piece = Send()) {
    EXPECT_LE(piece.size(), Body::kLogPieceBytes);
    EXPECT_EQ(piece.size() % entry.size(), 0u);
    sent += piece.size();
  }
  EXPECT_EQ(sent, 60 * entry.size());
}

TEST_F(BodyTest, IsLostWhenItsPlaceIsForgotten) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  Look("2\n\n");
  Forget(3);
  EXPECT_EQ(needs_, "lost ");
  EXPECT_FALSE(body_->attached());
  EXPECT_EQ(body_->position(), 0u);
  body_->Attach(window_, 3);
  EXPECT_EQ(Send(), "2\n\n");
}

TEST_F(BodyTest, IsNotLostIfItsReaderCanStillSendWhatIsForgotten) {
  std::string sent;
  reader_.on_pass = [&] {
    for (std::string piece = Send(); !piece.empty(); piece = Send()) sent += piece;
  };
  body_->SetReader(&reader_);
  body_->Attach(window_, 0);
  for (const char* entry : {"1\n\n", "2\n\n", "3\n\n"}) Publish(entry);
  Forget(6);
  EXPECT_EQ(sent, "1\n\n2\n\n3\n\n");
  EXPECT_EQ(needs_, "");
  EXPECT_TRUE(body_->attached());
}

TEST_F(BodyTest, KeepsTheRestOfAPieceWhosePlaceIsForgotten) {
  body_->Attach(window_, 0);
  Look("1\n\n2\n\n");
  Look("3\n\n");
  body_->NextPiece();
  body_->Advance(1);
  Look("4\n\n");
  Forget(12);
  EXPECT_EQ(needs_, "lost ");
  EXPECT_EQ(body_->position(), 9u);
  body_->Append("gap ");
  EXPECT_EQ(RestOf(*body_), "\n\n2\n\n3\n\n");
  body_->Advance(2);
  body_->Append("more ");
  body_->Advance(6);
  EXPECT_EQ(Send(), "gap more ");
}

TEST_F(BodyTest, IsNotLostIfThePieceUnderWayIsAllThatIsForgotten) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NextPiece();
  body_->Advance(1);
  Look("2\n\n");
  Forget(3);
  EXPECT_EQ(needs_, "");
  EXPECT_TRUE(body_->attached());
  EXPECT_EQ(RestOf(*body_), "\n\n");
  EXPECT_EQ(body_->unsent_bytes(), 5u);
  body_->Advance(2);
  EXPECT_EQ(Send(), "2\n\n");
}

TEST_F(BodyTest, KeepsTheRestOfItsPieceWhenItIsDetached) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NextPiece();
  body_->Advance(1);
  body_->Detach();
  body_->Append("bye");
  body_->Close(BodyEnd::kClean);
  EXPECT_FALSE(body_->piece_is_last());
  EXPECT_EQ(RestOf(*body_), "\n\n");
  body_->Advance(2);
  EXPECT_EQ(body_->NextPiece().bytes, "bye");
  EXPECT_TRUE(body_->piece_is_last());
}

TEST_F(BodyTest, HasALastPieceOnlyWhenItIsClosed) {
  body_->Append("a");
  body_->NextPiece();
  EXPECT_FALSE(body_->piece_is_last());
  body_->Close(BodyEnd::kClean);
  EXPECT_TRUE(body_->piece_is_last());
}

TEST_F(BodyTest, IsBehindWhenTheKernelWasFullAndThereIsMore) {
  body_->TellWhenBehind();
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NoteFull();
  EXPECT_EQ(Send(), "");
  EXPECT_EQ(needs_, "behind ");
  EXPECT_FALSE(body_->attached());
  EXPECT_EQ(body_->position(), 0u);
}

TEST_F(BodyTest, IsNotBehindIfItHasAllOfTheLog) {
  body_->TellWhenBehind();
  body_->Attach(window_, 0);
  body_->NoteFull();
  EXPECT_EQ(Send(), "");
  Look("1\n\n");
  EXPECT_EQ(Send(), "1\n\n");
  EXPECT_EQ(needs_, "");
}

TEST_F(BodyTest, SendsOwnBytesBeforeItIsBehind) {
  body_->TellWhenBehind();
  body_->Attach(window_, 0);
  body_->Append("own");
  Look("1\n\n");
  body_->NoteFull();
  EXPECT_EQ(Send(), "own");
  EXPECT_EQ(needs_, "");
  Send();
  EXPECT_EQ(needs_, "behind ");
}

TEST_F(BodyTest, IsNeverBehindUnlessItWasAskedTo) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NoteFull();
  EXPECT_EQ(Send(), "1\n\n");
  EXPECT_EQ(needs_, "");
}

TEST_F(BodyTest, AsksForMoreOnceWhenItsOwnBytesAreSent) {
  body_->SetReader(&reader_);
  body_->Append("own");
  body_->TellWhenSent();
  EXPECT_EQ(reader_.told, "bytes ");
  EXPECT_EQ(Send(), "own");
  EXPECT_EQ(needs_, "");
  EXPECT_EQ(Send(), "");
  EXPECT_EQ(Send(), "");
  EXPECT_EQ(needs_, "sent ");
}

TEST_F(BodyTest, SendsWhatItIsGivenWhenItAsks) {
  Told<Body::Need> owner([this](Need) {
    body_->Append("gap");
    body_->Attach(window_, window_.begin());
  });
  body_.emplace(owner.call());
  Publish("1\n\n");
  window_.Look();
  body_->TellWhenSent();
  EXPECT_EQ(Send(), "gap");
  EXPECT_EQ(Send(), "1\n\n");
}

TEST_F(BodyTest, IsCaughtUpOnceWhenAClosedLogIsSent) {
  body_->SetReader(&reader_);
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NoteSent();
  EXPECT_EQ(needs_, "");
  window_.Close();
  EXPECT_EQ(needs_, "");
  Send();
  body_->NoteSent();
  body_->NoteSent();
  EXPECT_EQ(needs_, "caught_up ");
}

TEST_F(BodyTest, CanGoWithAPieceUnderWay) {
  body_->Attach(window_, 0);
  Look("1\n\n");
  body_->NextPiece();
  body_.reset();
  EXPECT_TRUE(window_.bodies().empty());
}

}  // namespace
}  // namespace sluice
