// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/json_string.h"

#include <array>
#include <cstring>

#include "gateway/base/text/utf8.h"

namespace sluice {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// For each ASCII byte the letter of its two-letter escape; 0 where it has none.
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

bool IsPlain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

}  // namespace

char* WriteJsonEscape(unsigned char byte, char* out) {
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

bool AppendJsonStringPart(absl::string_view text, std::string& out) {
  size_t copied = 0;  // what lies before has been written
  const auto append = [&](size_t at, absl::string_view escape, size_t length) {
    out.append(text.data() + copied, at - copied);
    out.append(escape.data(), escape.size());
    copied = at + length;
  };
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (IsPlain(byte)) {
      ++at;
      continue;
    }
    const size_t length = Utf8CharacterLength(text.substr(at));
    if (length == 0) return false;
    if (length == 1) {
      char escape[kLongestJsonEscape];
      const char* const end = WriteJsonEscape(byte, escape);
      append(at, {escape, static_cast<size_t>(end - escape)}, 1);
    } else if (const char* escape = JsonLineEndEscape(text.substr(at, length)); escape != nullptr) {
      append(at, {escape, kLongestJsonEscape}, length);
    }
    at += length;
  }
  append(text.size(), "", 0);
  return true;
}

bool AppendJsonString(absl::string_view text, std::string& out) {
  out.push_back('"');
  if (!AppendJsonStringPart(text, out)) return false;
  out.push_back('"');
  return true;
}

std::string JsonString(absl::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  if (AppendJsonString(text, out)) return out;
  out.clear();
  static_cast<void>(AppendJsonString(WithReplacements(text), out));  // valid now
  return out;
}

}  // namespace sluice
