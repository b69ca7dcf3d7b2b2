// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr absl::string_view kEnd = "~end";
constexpr char kHexDigits[] = "0123456789ABCDEF";

bool IsPlain(char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-'; }

// Upper case only: one value has one escaped form.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<EventId> EventId::FromValue(absl::string_view value) {
  if (value.empty()) return std::nullopt;
  std::string text;
  for (const char c : value) {
    if (IsPlain(c)) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'~', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
    if (text.size() > kMaxBytes) return std::nullopt;
  }
  return EventId(std::move(text));
}

std::optional<std::string> UnescapeEventId(absl::string_view text) {
  if (text.empty() || text.size() > EventId::kMaxBytes) return std::nullopt;
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsPlain(text[i])) {
      value += text[i];
      continue;
    }
    if (text[i] != '~' || i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char byte = static_cast<char>(high * 16 + low);
    if (IsPlain(byte)) return std::nullopt;  // FromValue would not have escaped it
    value += byte;
    i += 2;
  }
  return value;
}

bool IsEndId(absl::string_view text) { return absl::EndsWith(text, kEnd); }

std::string EndId(absl::string_view last) { return absl::StrCat(last, kEnd); }

}  // namespace sluice
