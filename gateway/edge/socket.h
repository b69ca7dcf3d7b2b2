// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/loop/fd.h"

namespace sluice {

// Room in which small pieces are put together before they are sent: the kernel takes one piece
// cheaper than several. One a thread.
using SendScratch = std::array<char, 8 * 1024>;

enum class SendOutcome {
  kAll,      // the kernel took all there was
  kBlocked,  // it took a part or nothing: wait until the socket can be written
  kYield,    // it took enough for this pass, and there is more
  kBroken,   // nobody will ever read it
};

struct SendResult {
  SendOutcome outcome;
  size_t sent = 0;
};

enum class ReceiveOutcome {
  kBytes,    // `received` of them
  kBlocked,  // none now: wait until the socket can be read
  kEnd,      // the other side sends nothing more
  kBroken,   // nor will it read
};

struct ReceiveResult {
  ReceiveOutcome outcome;
  size_t received = 0;
};

// One connection's way to the other side: all that goes out to a browser or comes in passes here.
// Nothing waits.
//
// Ownership: owns the descriptor.
// Threads:   one.
// Errors:    kBroken, for good. EINTR is tried again, a kernel that is short of memory is full.
class Socket final {
 public:
  static constexpr size_t kMaxPieces = 16;

  // A connected stream socket, which need not be non-blocking.
  explicit Socket(Fd fd) : fd_(std::move(fd)) {}

  // For those who wait until it can be read or written; -1 once it is closed.
  int fd() const { return fd_.get(); }

  // Sends up to kMaxPieces `pieces` one after the other in one call to the kernel. Never kYield.
  SendResult Send(absl::Span<const absl::string_view> pieces, SendScratch& scratch);

  // Bytes that were sent and that the other side has not taken yet.
  uint32_t queued_bytes() const;

  // REQUIRES: `room` is not empty.
  ReceiveResult Receive(absl::Span<char> room);

  // The other side sees the end once it has read everything; it may still send.
  void FinishSending();

  void Close() { fd_.Close(); }
  // Close, and the other side sees that what it was sent is not complete.
  void Reset();

 private:
  Fd fd_;
};

}  // namespace sluice
