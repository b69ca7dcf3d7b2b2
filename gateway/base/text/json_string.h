// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// JSON string literals as Sluice writes them everywhere: valid UTF-8 without raw control bytes
// (below 0x20), U+0085, U+2028 or U+2029, so that one is never more than a line to anybody.
//
// Threads: any.

inline constexpr size_t kLongestJsonEscape = 6;

// Writes the escape of a quote, a backslash or a control byte: `\n`, `\u001f`. Returns the end of
// what it wrote, at most kLongestJsonEscape bytes further.
char* WriteJsonEscape(unsigned char byte, char* out);

// The escape, kLongestJsonEscape bytes long, of a character of several bytes that some clients take
// for a line end; null for every other.
inline const char* JsonLineEndEscape(absl::string_view character) {
  if (character == "\xc2\x85") return "\\u0085";
  if (character == "\xe2\x80\xa8") return "\\u2028";
  if (character == "\xe2\x80\xa9") return "\\u2029";
  return nullptr;
}

// Appends a literal, quotes included. False if `text` is not valid UTF-8; then what was appended is
// of no use.
[[nodiscard]] bool AppendJsonString(absl::string_view text, std::string& out);

// The same without the quotes, so that a literal can be made of several pieces.
[[nodiscard]] bool AppendJsonStringPart(absl::string_view text, std::string& out);

// A literal, quotes included; U+FFFD stands for what is not UTF-8.
std::string JsonString(absl::string_view text);

}  // namespace sluice
