// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// UTF-8 as Unicode defines it (The Unicode Standard, table 3-7): no overlong forms, no surrogates,
// nothing above U+10FFFF.

// The length of the character that `text` begins with; 0 if it begins with none.
// REQUIRES: `text` is not empty.
inline size_t Utf8CharacterLength(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto is_tail = [&](size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4 || !is_tail(1)) return 0;
  if (lead < 0xe0) return 2;
  if (!is_tail(2)) return 0;
  if (lead < 0xf0) {
    const bool is_overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool is_surrogate = lead == 0xed && byte(1) >= 0xa0;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  const bool is_overlong = lead == 0xf0 && byte(1) < 0x90;
  const bool is_beyond = lead == 0xf4 && byte(1) >= 0x90;
  return !is_tail(3) || is_overlong || is_beyond ? 0 : 4;
}

// The bytes before the first that is not UTF-8; `text.size()` if all of it is.
size_t Utf8PrefixLength(absl::string_view text);

inline bool IsValidUtf8(absl::string_view text) { return Utf8PrefixLength(text) == text.size(); }

// `text` with U+FFFD in the place of what is not UTF-8: one for each "maximal subpart" (section
// 3.9), as browsers do it.
std::string WithReplacements(absl::string_view text);

}  // namespace sluice
