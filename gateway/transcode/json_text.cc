// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/json_text.h"

#include <charconv>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "gateway/transcode/plan/number_writer.h"

namespace sluice {
namespace {

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
