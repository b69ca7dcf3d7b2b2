// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/bytes/body_reader.h"
#include "gateway/base/bytes/byte_queue.h"
#include "gateway/base/bytes/shared_log_window.h"
#include "gateway/base/loop/member_call.h"

namespace sluice {

// The body of one answer: bytes of its own, and, while it is attached, those of a log that many
// read, from a position on. No entry of the log is torn: own bytes stand between entries.
//
//     body.Append(stream_open);               // whoever serves
//     body.Attach(window, position);
//     body.Publish();
//     const Body::Piece piece = body.NextPiece();  // whoever sends, when it is told
//     body.Advance(Send(piece.bytes));
//
// In:        Append, Attach, Detach, Close by whoever serves; the window's news.
// Out:       pieces for whoever sends: NextPiece, then Rest and Advance until the piece is sent.
// Bounds:    own bytes are bounded by who appends, which looks at unsent_bytes(). Of the log it
//            keeps nothing but a position; when its place is forgotten, what is left of the piece
//            under way is copied.
// Ownership: borrows the window and the reader, which must be taken away before it goes.
//            `attention` may detach, append and close, but not destroy the body.
// Threads:   one, its window's loop's.
// Errors:    none: "too slow" is something to attend to.
class Body final {
 public:
  // Why the owner is asked to look.
  enum class Need {
    kLost,      // the log forgot the place; the body is detached, its position is the place
    kBehind,    // only with TellWhenBehind: detached, as kLost
    kCaughtUp,  // everything was sent that a closed log had
    kSent,      // only with TellWhenSent: the own bytes are sent and the sender asks for more
    kTaken,     // only with TellWhenTaken: some bytes were sent
    kBegun,     // only with TellWhenBegun: the first entry is on its way; just to take note
  };
  using Attention = MemberCall<Need>;

  // Bytes of the log that a piece has at most, so that little is left to copy when the place is
  // forgotten; and own bytes, so that the sender can stop between pieces.
  static constexpr size_t kLogPieceBytes = 16 * 1024;
  static constexpr size_t kOwnPieceBytes = 256 * 1024;

  explicit Body(Attention attention) : attention_(attention) {}
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // ---- For whoever serves ----

  // Goes out before what the log has after the piece under way. Publish tells the sender.
  void Append(absl::string_view bytes);
  // The same, written to where it is to lie; see ByteQueue::Tail.
  OutputBuffer Tail() { return own_.Tail(); }
  void AppendTail(const OutputBuffer& tail) { own_.AppendTail(tail); }
  void Publish();

  // Goes on with the log. REQUIRES: not attached; `position` is not before window.begin();
  // it may lie after window.end(), where the log's appender has come further.
  void Attach(SharedLogWindow& window, uint64_t position);
  void Detach();
  bool attached() const { return window_ != nullptr; }

  // From now on a sender that finds the kernel full makes the body ask to be attended to before it
  // goes on with the log.
  void TellWhenBehind() { tells_behind_ = true; }

  // Makes the body ask, once, when the sender can take more than the own bytes that there are.
  // REQUIRES: not attached.
  void TellWhenSent();

  // Makes the body ask whenever some of it was sent: unsent_bytes() is less than before.
  void TellWhenTaken() { tells_taken_ = true; }

  // Makes the body ask, once, when the first of the log's entries goes out.
  void TellWhenBegun() { tells_begun_ = true; }

  // What the kernel has taken of the log: whole entries, counted when they begin to go out, and
  // bytes.
  uint64_t sent_entries() const { return sent_entries_; }
  uint64_t sent_log_bytes() const { return sent_log_bytes_; }

  // Nothing follows the own bytes. REQUIRES: not attached, not closed yet.
  void Close(BodyEnd end);

  // Where the log goes on after the piece under way.
  uint64_t position() const { return position_ + (piece_is_own_ ? 0 : piece_left_); }
  // Nothing waits to be sent.
  bool idle() const { return piece_left_ == 0 && unsent_bytes() == 0; }
  uint64_t unsent_bytes() const;

  // The window's owner's: what it has told this body last.
  uint32_t mark() const { return mark_; }
  void set_mark(uint32_t mark) { mark_ = mark; }

  // ---- For whoever sends ----

  // The one who is told; null before it goes. If something has happened already, it is told at
  // once.
  void SetReader(BodyReader* reader);
  std::optional<BodyEnd> end() const { return end_; }

  // The next bytes, which are to go out as a whole; none if there are none now.
  struct Piece {
    size_t size = 0;
    // As far as they lie contiguously: all of them, if they are the log's.
    absl::string_view bytes;
    // Then they are the same for every body of that window that is at that position.
    bool is_of_log = false;
    uint64_t serial = 0;  // of the window
    uint64_t position = 0;
  };
  // REQUIRES: the piece before was sent.
  Piece NextPiece();
  // What is left of the piece, as far as `pieces` has room. Returns how many were filled; they are
  // valid until anything else is called.
  size_t Rest(absl::Span<absl::string_view> pieces) const;
  void Advance(size_t bytes);
  // Nothing of the piece was sent: it is no promise yet.
  void PutBack() { piece_left_ = piece_entries_ = 0; }
  // True if nothing follows the piece under way.
  bool piece_is_last() const;

  // How an attempt to send went, once it is over: the kernel took no more, or all that there was;
  // and whether it took anything.
  void NoteFull() { full_ = tells_behind_; }
  void NoteSent();
  void NoteTaken();

 private:
  friend class SharedLogWindow;
  void OnLook();
  void KeepPiece();
  void Count(size_t bytes);
  void Leave();

  const Attention attention_;
  BodyReader* reader_ = nullptr;
  SharedLogWindow* window_ = nullptr;
  uint32_t slot_ = 0;  // in the window's list
  uint32_t mark_ = 0;
  uint32_t piece_left_ = 0;
  uint32_t piece_entries_ = 0;  // of the piece under way, until they are counted
  bool piece_is_own_ : 1 = false;
  bool tells_behind_ : 1 = false;
  bool tells_sent_ : 1 = false;
  bool tells_taken_ : 1 = false;
  bool tells_begun_ : 1 = false;
  bool full_ : 1 = false;
  bool told_caught_up_ : 1 = false;
  std::optional<BodyEnd> end_;
  uint64_t position_ = 0;  // of the first byte of the log that was not sent
  uint64_t sent_entries_ = 0;
  uint64_t sent_log_bytes_ = 0;
  ByteQueue own_;
};

}  // namespace sluice
