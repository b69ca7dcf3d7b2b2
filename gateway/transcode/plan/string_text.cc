// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/string_text.h"

#include <array>
#include <bit>
#include <cstring>

// Text is copied in blocks, and looked at while it is copied: a block without anything special
// costs a load, a store and five comparisons. What is special (quotes, controls, non-ASCII) is
// taken one by one from there on.

namespace sluice {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr size_t kLongestEscape = 6;

// For each ASCII byte the letter of its two-letter escape; 0 where it has none, and is written
// \u00xx.
constexpr std::array<char, 128> MakeShortEscapes() {
  std::array<char, 128> letters{};
  letters['"'] = '"';
  letters['\\'] = '\\';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  return letters;
}
constexpr std::array<char, 128> kShortEscapes = MakeShortEscapes();

bool IsSpecial(uint8_t byte) { return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\'; }

char* WriteEscape(uint8_t byte, char* out) {
  *out++ = '\\';
  if (kShortEscapes[byte] != 0) {
    *out = kShortEscapes[byte];
    return out + 1;
  }
  std::memcpy(out, "u00", 3);
  out[3] = kHexDigits[byte >> 4];
  out[4] = kHexDigits[byte & 0xf];
  return out + 5;
}

// Some clients take U+0085, U+2028 and U+2029 for line ends, wherever they stand.
const char* LineEndEscape(const uint8_t* text, size_t length) {
  if (length == 2 && text[0] == 0xc2 && text[1] == 0x85) return "\\u0085";
  if (length == 3 && text[0] == 0xe2 && text[1] == 0x80) {
    if (text[2] == 0xa8) return "\\u2028";
    if (text[2] == 0xa9) return "\\u2029";
  }
  return nullptr;
}

bool IsTail(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The length of the UTF-8 sequence of more than one byte that begins here; 0 if none does.
size_t SequenceLength(const uint8_t* text, const uint8_t* end) {
  const size_t here = static_cast<size_t>(end - text);
  const uint8_t lead = text[0];
  if (lead < 0xc2 || lead > 0xf4 || here < 2 || !IsTail(text[1])) return 0;
  if (lead < 0xe0) return 2;
  if (here < 3 || !IsTail(text[2])) return 0;
  if (lead < 0xf0) {
    const bool is_overlong = lead == 0xe0 && text[1] < 0xa0;
    const bool is_surrogate = lead == 0xed && text[1] >= 0xa0;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  if (here < 4 || !IsTail(text[3])) return 0;
  const bool is_overlong = lead == 0xf0 && text[1] < 0x90;
  const bool is_beyond = lead == 0xf4 && text[1] >= 0x90;
  return is_overlong || is_beyond ? 0 : 4;
}

struct Place {
  const uint8_t* text;  // null: not valid UTF-8
  char* out;
};

// Takes the special bytes that the text begins with.
Place WriteSpecials(Place at, const uint8_t* end) {
  do {
    if (*at.text < 0x80) {
      return {at.text + 1, WriteEscape(*at.text, at.out)};
    }
    const size_t length = SequenceLength(at.text, end);
    if (length == 0) return {nullptr, at.out};
    if (const char* escape = LineEndEscape(at.text, length); escape != nullptr) {
      std::memcpy(at.out, escape, kLongestEscape);
      return {at.text + length, at.out + kLongestEscape};
    }
    for (size_t i = 0; i < length; ++i) at.out[i] = static_cast<char>(at.text[i]);
    at = {at.text + length, at.out + length};
  } while (at.text < end && *at.text >= 0x80);
  return at;
}

// Copies up to the next special byte; at the end of what may be read one by one.
Place CopyPlain(Place at, WirePiece text) {
  while (at.text < text.end) {
    const size_t rest = static_cast<size_t>(text.end - at.text);
    if (static_cast<size_t>(text.readable_end - at.text) < kBlockBytes) {
      while (at.text < text.end && !IsSpecial(*at.text)) *at.out++ = static_cast<char>(*at.text++);
      return at;
    }
    uint32_t special = CopyBlock(at.text, at.out);
    if (rest < kBlockBytes) special |= uint32_t{1} << rest;
    const size_t plain =
        special == 0 ? kBlockBytes : static_cast<size_t>(std::countr_zero(special));
    at = {at.text + plain, at.out + plain};
    if (special != 0) return at;
  }
  return at;
}

}  // namespace

char* WriteEscaped(WirePiece text, char* out, OutputBuffer& buffer) {
  Place at{text.begin, out};
  while (true) {
    at = CopyPlain(at, text);
    if (at.text == text.end) return at.out;
    // Only an escape is longer than what it stands for.
    const size_t needed =
        static_cast<size_t>(text.end - at.text) + kLongestEscape + 2 * kBlockBytes;
    if (static_cast<size_t>(buffer.end() - at.out) < needed) {
      buffer.set_at(at.out);
      buffer.Reserve(2 * needed);
      at.out = buffer.at();
    }
    at = WriteSpecials(at, text.end);
    if (at.text == nullptr) return nullptr;
  }
}

char* WriteBase64(const uint8_t* bytes, size_t size, char* out) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (; size >= 3; size -= 3, bytes += 3, out += 4) {
    const uint32_t bits = uint32_t{bytes[0]} << 16 | uint32_t{bytes[1]} << 8 | bytes[2];
    out[0] = kAlphabet[bits >> 18];
    out[1] = kAlphabet[bits >> 12 & 0x3f];
    out[2] = kAlphabet[bits >> 6 & 0x3f];
    out[3] = kAlphabet[bits & 0x3f];
  }
  if (size == 0) return out;
  const uint32_t bits = uint32_t{bytes[0]} << 16 | (size == 2 ? uint32_t{bytes[1]} << 8 : 0);
  out[0] = kAlphabet[bits >> 18];
  out[1] = kAlphabet[bits >> 12 & 0x3f];
  out[2] = size == 2 ? kAlphabet[bits >> 6 & 0x3f] : '=';
  out[3] = '=';
  return out + 4;
}

}  // namespace sluice
