// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/framed_piece.h"

#include <charconv>
#include <cstring>

namespace sluice {

absl::string_view FramedPiece::Of(const Body::Piece& piece) {
  if (piece.serial == serial_ && piece.position == position_ &&
      piece.bytes.size() == payload_bytes_) {
    return {bytes_.data(), size_};
  }
  constexpr size_t kAround = 24;
  if (piece.bytes.size() + kAround > bytes_.size()) return {};
  char* at = std::to_chars(bytes_.data(), bytes_.data() + 16, piece.bytes.size(), 16).ptr;
  *at++ = '\r';
  *at++ = '\n';
  std::memcpy(at, piece.bytes.data(), piece.bytes.size());
  at += piece.bytes.size();
  *at++ = '\r';
  *at++ = '\n';
  serial_ = piece.serial;
  position_ = piece.position;
  payload_bytes_ = piece.bytes.size();
  size_ = static_cast<size_t>(at - bytes_.data());
  return {bytes_.data(), size_};
}

}  // namespace sluice
