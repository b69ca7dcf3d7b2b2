// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/json_text.h"

#include <array>
#include <charconv>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "gateway/transcode/plan/number_writer.h"

namespace sluice {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// True for the bytes that stand for themselves in a string literal and need no second look.
constexpr std::array<bool, 256> MakePlainBytes() {
  std::array<bool, 256> plain{};
  for (int byte = 0x20; byte < 0x7f; ++byte) plain[byte] = true;
  plain['"'] = false;
  plain['\\'] = false;
  return plain;
}
constexpr std::array<bool, 256> kPlainBytes = MakePlainBytes();

// The length of the UTF-8 sequence that `text` begins with, 0 if it begins with none.
size_t Utf8Length(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto is_tail = [&](size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;  // a tail without a lead, or an overlong form
  if (lead < 0xe0) return is_tail(1) ? 2 : 0;
  if (lead < 0xf0) {
    if (!is_tail(1) || !is_tail(2)) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;   // overlong
    if (lead == 0xed && byte(1) >= 0xa0) return 0;  // a surrogate
    return 3;
  }
  if (lead > 0xf4 || !is_tail(1) || !is_tail(2) || !is_tail(3)) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;   // overlong
  if (lead == 0xf4 && byte(1) >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

void AppendEscaped(unsigned char byte, std::string& out) {
  switch (byte) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    default:
      out.append("\\u00");
      out.push_back(kHexDigits[byte >> 4]);
      out.push_back(kHexDigits[byte & 0xf]);
  }
}

// Some clients take these three for line ends, wherever they stand.
absl::string_view EscapedLineEnd(absl::string_view sequence) {
  if (sequence == "\xc2\x85") return "\\u0085";
  if (sequence == "\xe2\x80\xa8") return "\\u2028";
  if (sequence == "\xe2\x80\xa9") return "\\u2029";
  return "";
}

template <typename Number>
void AppendNumber(Number value, std::string& out) {
  char digits[32];
  const std::to_chars_result result = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, static_cast<size_t>(result.ptr - digits));
}

template <typename Number>
void AppendQuotedNumber(Number value, std::string& out) {
  out.push_back('"');
  AppendNumber(value, out);
  out.push_back('"');
}

}  // namespace

bool AppendJsonStringPart(absl::string_view text, std::string& out) {
  size_t copied = 0;  // what lies before has been written
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (kPlainBytes[byte]) {
      ++at;
      continue;
    }
    if (byte < 0x80) {
      out.append(text.data() + copied, at - copied);
      AppendEscaped(byte, out);
      copied = ++at;
      continue;
    }
    const size_t length = Utf8Length(text.substr(at));
    if (length == 0) return false;
    const absl::string_view escaped = EscapedLineEnd(text.substr(at, length));
    if (!escaped.empty()) {
      out.append(text.data() + copied, at - copied);
      out.append(escaped.data(), escaped.size());
      copied = at + length;
    }
    at += length;
  }
  out.append(text.data() + copied, text.size() - copied);
  return true;
}

bool AppendJsonString(absl::string_view text, std::string& out) {
  out.push_back('"');
  if (!AppendJsonStringPart(text, out)) return false;
  out.push_back('"');
  return true;
}

void AppendJsonBase64(absl::string_view bytes, std::string& out) {
  out.push_back('"');
  out.append(absl::Base64Escape(bytes));
  out.push_back('"');
}

void AppendJsonInt(int32_t value, std::string& out) { AppendNumber(value, out); }
void AppendJsonUint(uint32_t value, std::string& out) { AppendNumber(value, out); }
void AppendJsonInt64(int64_t value, std::string& out) { AppendQuotedNumber(value, out); }
void AppendJsonUint64(uint64_t value, std::string& out) { AppendQuotedNumber(value, out); }
void AppendJsonDouble(double value, std::string& out) {
  char text[kMaxNumberBytes];
  out.append(text, static_cast<size_t>(WriteDouble(value, text) - text));
}

void AppendJsonFloat(float value, std::string& out) {
  char text[kMaxNumberBytes];
  out.append(text, static_cast<size_t>(WriteFloat(value, text) - text));
}

bool IsValidUtf8(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = Utf8Length(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::optional<std::string> BytesFromBase64(absl::string_view text) {
  // absl skips white space and takes any padding: what is neither alphabet nor padding is refused
  // here.
  const size_t end = text.find_last_not_of('=') + 1;  // npos + 1 is 0
  const size_t padding = text.size() - end;
  const absl::string_view digits = text.substr(0, end);
  if (padding > 2 || (padding > 0 && text.size() % 4 != 0) || digits.size() % 4 == 1) return {};
  // One alphabet or the other.
  if (digits.find_first_of("+/") != absl::string_view::npos &&
      digits.find_first_of("-_") != absl::string_view::npos) {
    return {};
  }
  std::string standard;
  standard.reserve(digits.size() + 3);
  for (const char digit : digits) {
    const bool known = (digit >= 'A' && digit <= 'Z') || (digit >= 'a' && digit <= 'z') ||
                       (digit >= '0' && digit <= '9') || digit == '+' || digit == '/' ||
                       digit == '-' || digit == '_';
    if (!known) return {};
    standard.push_back(digit == '-' ? '+' : digit == '_' ? '/' : digit);
  }
  while (standard.size() % 4 != 0) standard.push_back('=');
  std::string bytes;
  if (!absl::Base64Unescape(standard, &bytes)) return {};
  return bytes;
}

}  // namespace sluice
