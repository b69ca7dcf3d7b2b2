// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/shared_body.h"
#include "gateway/edge/body/chunk_framing.h"
#include "gateway/edge/body/gather_send.h"

namespace sluice {

// A piece of a shared log as it goes over the wire, kept for the next connection that is at the
// same place: in step, ten thousand of them send the same bytes. One a thread.
class FramedPiece final {
 public:
  // The piece in its chunk, or empty where it is too long to be worth a copy.
  absl::string_view Of(const SharedBody::Piece& piece);

 private:
  uint64_t serial_ = 0;
  uint64_t position_ = 0;
  size_t payload_bytes_ = 0;
  size_t size_ = 0;
  std::array<char, 8 * 1024> bytes_;
};

// Brings a SharedBody to a socket, in chunks or plain.
//
// In:        the body's pieces.
// Out:       bytes on the socket.
// Bounds:    a Send takes at most kBytesPerSend, so that one that is far behind does not keep
//            others waiting. Keeps no bytes.
// Ownership: borrows the body until its end, and of that only what was published.
// Threads:   one.
class SharedSender final {
 public:
  static constexpr size_t kBytesPerSend = 256 * 1024;

  SharedSender(ChunkFraming::Kind kind, SharedBody& body) : body_(body), framing_(kind) {}
  SharedSender(const SharedSender&) = delete;
  SharedSender& operator=(const SharedSender&) = delete;

  SharedBody& body() const { return body_; }

  // What one thread's senders share.
  struct Tools {
    SendScratch& scratch;
    FramedPiece& framed;
  };
  // Sends `head` (what the kernel takes is removed from it), and then of the body all it can.
  SendResult Send(int fd, std::string& head, Tools tools);

  // The end has come, and the kernel has all of it.
  bool done() const;

 private:
  SendResult SendPart(int fd, std::string& head, Tools tools);
  SendResult SendRest(int fd, std::string& head, SendScratch& scratch);
  bool BeginPiece(const SharedBody::Piece& piece);

  SharedBody& body_;
  ChunkFraming framing_;
};

}  // namespace sluice
