// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/string_text.h"

#include <bit>
#include <cstring>

#include "gateway/base/text/json_string.h"
#include "gateway/base/text/utf8.h"

// Text is copied in blocks, and looked at while it is copied: a block without anything special
// costs a load, a store and five comparisons. What is special (quotes, controls, non-ASCII) is
// taken one by one from there on.

namespace sluice {
namespace {

bool IsSpecial(uint8_t byte) { return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\'; }

struct Place {
  const uint8_t* text;  // null: not valid UTF-8
  char* out;
};

// Takes the special bytes that the text begins with.
Place WriteSpecials(Place at, const uint8_t* end) {
  do {
    if (*at.text < 0x80) {
      return {at.text + 1, WriteJsonEscape(*at.text, at.out)};
    }
    const absl::string_view rest(reinterpret_cast<const char*>(at.text),
                                 static_cast<size_t>(end - at.text));
    const size_t length = Utf8CharacterLength(rest);
    if (length == 0) return {nullptr, at.out};
    if (const char* escape = JsonLineEndEscape(rest.substr(0, length)); escape != nullptr) {
      std::memcpy(at.out, escape, kLongestJsonEscape);
      return {at.text + length, at.out + kLongestJsonEscape};
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
        static_cast<size_t>(text.end - at.text) + kLongestJsonEscape + 2 * kBlockBytes;
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
