// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/terminal_text.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sluice {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;  // in bytes; 0: not UTF-8
};

CodePoint First(absl::string_view text) {
  const auto byte = [text](size_t at) { return static_cast<uint32_t>(text[at]) & 0xff; };
  if (byte(0) < 0x80) return {byte(0), 1};
  const size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return {};
  uint32_t value = byte(0) & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, size};
}

bool IsObeyed(uint32_t value) {
  return (value < 0x20 && value != '\t') || (value >= 0x7f && value < 0xa0) ||
         (value >= 0x2028 && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069) ||
         value == 0x200e || value == 0x200f || value == 0x061c;
}

}  // namespace

std::string TerminalText(absl::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const CodePoint point = First(text);
    if (point.size == 0) {
      absl::StrAppend(&shown, kReplacement);
      text.remove_prefix(1);
      continue;
    }
    if (point.value == '\n') {
      shown += "\\n";
    } else if (IsObeyed(point.value)) {
      absl::StrAppendFormat(&shown, "\\u%04x", point.value);
    } else {
      absl::StrAppend(&shown, text.substr(0, point.size));
    }
    text.remove_prefix(point.size);
  }
  return shown;
}

}  // namespace sluice
