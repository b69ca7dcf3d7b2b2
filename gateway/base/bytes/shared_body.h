// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body_reader.h"
#include "gateway/base/bytes/shared_log_window.h"
#include "gateway/base/loop/member_call.h"

namespace sluice {

// What one reader of a shared log gets: bytes of its own, and the log's from a position on. No
// entry of the log is torn: the reader's own bytes stand between entries.
//
// In:        Append, Attach, Detach, Close by whoever serves the reader; the window's news.
// Out:       pieces for whoever sends: NextPiece, then Rest and Advance until the piece is sent.
// Bounds:    own bytes are bounded by who appends. Of the log it keeps nothing but a position; when
//            its place is forgotten, what is left of the piece under way is copied.
// Ownership: borrows the window and the subscriber; `attention` may detach, append and close, but
//            not destroy the body.
// Threads:   its window's loop.
// Errors:    none: "too slow" is something to attend to.
class SharedBody final {
 public:
  // Why the owner is asked to look.
  enum class Need {
    kLost,      // the log forgot the place; the body is detached, its position is the place
    kBehind,    // only with TellWhenBehind: detached, as kLost
    kCaughtUp,  // everything was sent that a closed log had
    kSent,      // only with TellWhenSent: the sender has sent the own bytes and asks for more
    kBegun,     // only with TellWhenBegun: the first entry is on its way; just to take note
  };
  using Attention = MemberCall<Need>;

  // Log bytes a piece has at most, so that little is left to copy when the place is forgotten.
  static constexpr size_t kPieceBytes = 16 * 1024;

  explicit SharedBody(Attention attention) : attention_(attention) {}
  ~SharedBody();
  SharedBody(const SharedBody&) = delete;
  SharedBody& operator=(const SharedBody&) = delete;

  // ---- For whoever serves ----

  // Goes out before what the log has beyond the piece under way. Publish tells the sender.
  void Append(absl::string_view bytes);
  void Publish();

  // Goes on with the log. REQUIRES: not attached; `position` is not before window.begin();
  // it may lie behind window.end(), where the log's appender has come further.
  void Attach(SharedLogWindow& window, uint64_t position);
  void Detach();
  bool attached() const { return window_ != nullptr; }

  // From now on a sender that finds the kernel full makes the body ask to be attended to before it
  // goes on with the log.
  void TellWhenBehind() { tells_behind_ = true; }

  // Makes the body ask, once, when the sender can take more than the own bytes that there are.
  // REQUIRES: not attached.
  void TellWhenSent();

  // Makes the body ask, once, when the first of the log's entries goes out.
  void TellWhenBegun() { tells_begun_ = true; }

  // What the kernel has taken of the log: whole entries, counted when they begin to go out, and
  // bytes.
  uint64_t sent_entries() const { return sent_entries_; }
  uint64_t sent_log_bytes() const { return sent_log_bytes_; }

  // Nothing follows the own bytes. REQUIRES: not attached.
  void Close(BodyEnd end);

  // Where the log goes on behind the piece under way.
  uint64_t position() const { return position_ + (piece_of_own_ ? 0 : piece_left_); }
  // Nothing waits to be sent.
  bool idle() const { return piece_left_ == 0 && unsent_bytes() == 0; }
  uint64_t unsent_bytes() const;

  // The window's owner's: what it has told this body last.
  uint32_t mark = 0;

  // ---- For whoever sends ----

  void SetReader(BodyReader* subscriber);
  std::optional<BodyEnd> end() const { return end_; }

  // The next bytes, which are to go out as a whole; empty if there are none now. `from_log` are
  // the same for every body of that window that is at that position.
  struct Piece {
    absl::string_view bytes;
    bool from_log = false;
    uint64_t serial = 0;  // of the window
    uint64_t position = 0;
  };
  // REQUIRES: the piece before was sent.
  Piece NextPiece();
  // What is left of the piece. Valid until anything else is called.
  absl::string_view Rest() const;
  void Advance(size_t bytes);
  // Nothing of the piece was sent: it is no promise yet.
  void PutBack() { piece_left_ = piece_entries_ = 0; }
  // True if nothing follows the piece under way.
  bool piece_is_last() const;
  // The kernel took no more.
  void NoteFull() { full_ = tells_behind_; }
  // The kernel took all that there was.
  void NoteSent();

 private:
  friend class SharedLogWindow;
  void OnLook();
  void KeepPiece();
  void Count(size_t bytes);
  void Leave();

  const Attention attention_;
  BodyReader* subscriber_ = nullptr;
  SharedLogWindow* window_ = nullptr;
  uint32_t slot_ = 0;  // in the window's list
  uint32_t piece_left_ = 0;
  uint32_t piece_entries_ = 0;  // of the piece under way, until they are counted
  uint32_t own_sent_ = 0;
  uint64_t position_ = 0;  // of the first byte of the log that was not sent
  uint64_t sent_entries_ = 0;
  uint64_t sent_log_bytes_ = 0;
  std::string own_;
  bool piece_of_own_ = false;
  bool tells_behind_ = false;
  bool tells_sent_ = false;
  bool tells_begun_ = false;
  bool full_ = false;
  bool told_caught_up_ = false;
  std::optional<BodyEnd> end_;
};

}  // namespace sluice
