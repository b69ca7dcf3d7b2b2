// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body.h"

namespace sluice {

// A piece of a shared log as it goes over the wire, kept for the next connection that is at the
// same place: in step, ten thousand of them send the same bytes. One a thread.
class FramedPiece final {
 public:
  // The piece in its chunk, or empty where it is too long to be worth a copy. REQUIRES: it is of a
  // log.
  absl::string_view Of(const Body::Piece& piece);

 private:
  uint64_t serial_ = 0;
  uint64_t position_ = 0;
  size_t payload_bytes_ = 0;
  size_t size_ = 0;
  std::array<char, 8 * 1024> bytes_;
};

}  // namespace sluice
