// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/base/bytes/body.h"

namespace sluice {

// What is left of the piece that `body` is sending. Room for three places in which it may lie, so
// that a test of a few short appends sees all of it.
inline std::string RestOf(const Body& body) {
  std::array<absl::string_view, 3> pieces;
  std::string text;
  const size_t count = body.Rest(absl::MakeSpan(pieces));
  for (size_t i = 0; i < count; ++i) text += std::string(pieces[i]);
  return text;
}

// Takes one piece of `body`, as a sender does that the kernel never stops; empty if there is none.
inline std::string SendPiece(Body& body) {
  std::string sent;
  if (body.NextPiece().size == 0) return sent;
  for (std::string some = RestOf(body); !some.empty(); some = RestOf(body)) {
    body.Advance(some.size());
    sent += some;
  }
  return sent;
}

// Takes all that there is.
inline std::string SendAll(Body& body) {
  std::string sent;
  for (std::string piece = SendPiece(body); !piece.empty(); piece = SendPiece(body)) sent += piece;
  body.NoteSent();
  return sent;
}

}  // namespace sluice
