// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "gateway/base/output_buffer.h"

namespace sluice {

// Strings and bytes as JSON text, without quotes. What is written has no control bytes, no U+0085,
// U+2028 or U+2029, and is valid UTF-8.

// How much more than the text itself must be reserved, so that it can be copied in blocks.
inline constexpr size_t kBlockBytes = 16;

// A piece of the message. Up to `readable_end` there may be read, though it is not part of the
// piece.
struct WirePiece {
  const uint8_t* begin;
  const uint8_t* end;
  const uint8_t* readable_end;
};

// Writes at `out`, which is in `buffer` and has room for the text and two blocks more; the buffer
// grows where escapes need more. Returns where it ended, with room for one block; null if the text
// is not valid UTF-8.
char* WriteEscaped(WirePiece text, char* out, OutputBuffer& buffer);

// Base64, padded. Needs room for Base64Bytes(size) and returns where it ended.
char* WriteBase64(const uint8_t* bytes, size_t size, char* out);
constexpr size_t Base64Bytes(size_t size) { return (size + 2) / 3 * 4; }

}  // namespace sluice
