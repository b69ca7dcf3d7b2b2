// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/body/chunk_framing.h"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace sluice {

void ChunkFraming::Begin(size_t payload_bytes, Last last) {
  assert(idle() && !finished_);
  payload_left_ = payload_bytes;
  finished_ = last == Last::kYes;
  if (kind_ == Kind::kUntilClose) return;
  char* end = std::to_chars(before_.data(), before_.data() + 16, payload_bytes, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  before_size_ = static_cast<uint8_t>(end - before_.data());
  before_sent_ = 0;
  SetAfter(finished_ ? "\r\n0\r\n\r\n" : "\r\n");
}

void ChunkFraming::Finish() {
  assert(idle() && !finished_);
  finished_ = true;
  if (kind_ == Kind::kChunked) SetAfter("0\r\n\r\n");
}

// REQUIRES: `after` lives for ever.
void ChunkFraming::SetAfter(absl::string_view after) {
  after_ = after.data();
  after_left_ = static_cast<uint8_t>(after.size());
}

size_t ChunkFraming::Consume(size_t bytes) {
  const size_t of_before = std::min(bytes, before().size());
  before_sent_ = static_cast<uint8_t>(before_sent_ + of_before);
  const size_t of_payload = std::min(bytes - of_before, payload_left_);
  payload_left_ -= of_payload;
  const size_t of_after = bytes - of_before - of_payload;
  assert(of_after <= after_left_);
  after_ += of_after;
  after_left_ = static_cast<uint8_t>(after_left_ - of_after);
  return of_payload;
}

}  // namespace sluice
