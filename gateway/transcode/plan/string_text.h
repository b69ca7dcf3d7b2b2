// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "gateway/base/bytes/output_buffer.h"

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

// Copies a block. The bits say which of its bytes do not stand for themselves.
#ifdef __SSE2__
inline uint32_t CopyBlock(const uint8_t* text, char* out) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
  // As signed numbers, bytes of non-ASCII are below 0x20, too.
  const __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  const __m128i special = _mm_or_si128(low, _mm_or_si128(quote, backslash));
  return static_cast<uint32_t>(_mm_movemask_epi8(special));
}
#else
inline uint32_t CopyBlock(const uint8_t* text, char* out) {
  std::memcpy(out, text, kBlockBytes);
  uint32_t special = 0;
  for (size_t i = 0; i < kBlockBytes; ++i) {
    const bool is_plain = text[i] >= 0x20 && text[i] < 0x80 && text[i] != '"' && text[i] != '\\';
    special |= uint32_t{!is_plain} << i;
  }
  return special;
}
#endif

// The same as WriteEscaped, without a call for the short and plain texts that most are.
inline char* WriteString(WirePiece text, char* out, OutputBuffer& buffer) {
  const auto size = static_cast<size_t>(text.end - text.begin);
  const auto readable = static_cast<size_t>(text.readable_end - text.begin);
  if (size <= kBlockBytes && readable >= kBlockBytes) {
    const uint32_t special = CopyBlock(text.begin, out) & ((uint32_t{1} << size) - 1);
    if (special == 0) return out + size;
  }
  return WriteEscaped(text, out, buffer);
}

// Base64, padded. Needs room for Base64Bytes(size) and returns where it ended.
char* WriteBase64(const uint8_t* bytes, size_t size, char* out);
constexpr size_t Base64Bytes(size_t size) { return (size + 2) / 3 * 4; }

}  // namespace sluice
