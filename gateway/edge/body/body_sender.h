// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/base/bytes/body.h"
#include "gateway/edge/body/chunk_framing.h"
#include "gateway/edge/body/framed_piece.h"
#include "gateway/edge/socket.h"

namespace sluice {

// Brings a Body to a socket as HTTP/1.1 has it: in chunks, or plain.
//
// In:        the body's pieces, when whoever owns this was told that there are some.
// Out:       bytes on the socket.
// Bounds:    a Send takes at most kBytesPerSend, and the piece under way, so that a fast stream or
//            one that is far behind does not keep others waiting. Keeps no bytes.
// Ownership: borrows the body.
// Threads:   one.
class BodySender final {
 public:
  static constexpr size_t kBytesPerSend = 256 * 1024;

  // `reader`, which must outlive the sender, is told of the body's news, now and later.
  BodySender(ChunkFraming::Kind kind, Body& body, BodyReader& reader);
  ~BodySender();
  BodySender(const BodySender&) = delete;
  BodySender& operator=(const BodySender&) = delete;

  // What one thread's senders share.
  struct Tools {
    SendScratch& scratch;
    FramedPiece& framed;
  };
  // Sends `head` (what the kernel takes is removed from it), and then of the body all it can.
  SendResult Send(Socket& socket, std::string& head, Tools tools);

  std::optional<BodyEnd> end() const { return body_.end(); }
  // The end has come, and the kernel has all of it.
  bool done() const;

 private:
  SendResult SendPart(Socket& socket, std::string& head, Tools tools);
  SendResult SendRest(Socket& socket, std::string& head, SendScratch& scratch);
  bool BeginPiece(const Body::Piece& piece);

  Body& body_;
  ChunkFraming framing_;
};

}  // namespace sluice
