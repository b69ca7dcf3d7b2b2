// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/hex.h"

namespace sluice {
namespace {

constexpr absl::string_view kEnd = "~end";
constexpr char kHexDigits[] = "0123456789ABCDEF";

bool IsPlain(char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-'; }

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
    // One value has one escaped form: upper case, and only what FromValue would have escaped.
    const std::optional<char> byte = HexByte(text.substr(i + 1));
    const bool is_lower = absl::ascii_islower(text[i + 1]) || absl::ascii_islower(text[i + 2]);
    if (!byte.has_value() || is_lower || IsPlain(*byte)) return std::nullopt;
    value += *byte;
    i += 2;
  }
  return value;
}

bool IsEndId(absl::string_view text) { return absl::EndsWith(text, kEnd); }

std::string EndId(absl::string_view last) { return absl::StrCat(last, kEnd); }

}  // namespace sluice
