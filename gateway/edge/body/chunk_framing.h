// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace sluice {

// What stands around the payload on the wire, and how much of it is still to be sent. The kernel
// may take any number of bytes at any time; this knows where to go on.
//
// What is to be sent: before(), then payload_left() bytes of payload, then after().
class ChunkFraming final {
 public:
  enum class Kind : uint8_t {
    kChunked,     // `hex CRLF payload CRLF`, and `0 CRLF CRLF` in the end
    kUntilClose,  // the payload alone (HTTP/1.0)
  };
  // Whether a chunk is followed by the mark of a complete body.
  enum class Last { kNo, kYes };

  explicit ChunkFraming(Kind kind) : kind_(kind) {}

  // REQUIRES: idle(), and `payload_bytes` is not 0.
  void Begin(size_t payload_bytes, Last last);
  // The mark of a complete body without a chunk. REQUIRES: idle().
  void Finish();

  Kind kind() const { return kind_; }
  bool idle() const { return before().empty() && payload_left_ == 0 && after_left_ == 0; }
  // The mark of a complete body was begun, or none is needed because Finish was called.
  bool finished() const { return finished_; }

  absl::string_view before() const {
    return {before_.data() + before_sent_, static_cast<size_t>(before_size_ - before_sent_)};
  }
  size_t payload_left() const { return payload_left_; }
  absl::string_view after() const { return {after_, after_left_}; }

  // The kernel took `bytes` of these three. Returns how many of them were payload.
  size_t Consume(size_t bytes);

 private:
  void SetAfter(absl::string_view after);

  size_t payload_left_ = 0;
  const char* after_ = "";
  uint8_t after_left_ = 0;
  const Kind kind_;
  bool finished_ = false;
  uint8_t before_size_ = 0;
  uint8_t before_sent_ = 0;
  std::array<char, 18> before_;  // 16 hex digits, CRLF
};

}  // namespace sluice
