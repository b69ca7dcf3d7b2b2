// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/rpc_status.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sluice {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the well-formed character at the start of `text` if `valid`; else of the bytes that
// one replacement stands for (Unicode 15, table 3-7, and "maximal subpart" in section 3.9).
struct Utf8Character {
  size_t length;
  bool valid;
};

Utf8Character FirstCharacter(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

void AppendEscaped(absl::string_view character, std::string& out) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character == "\"" || character == "\\") {
    absl::StrAppend(&out, "\\", character);
  } else if (character == "\n") {
    out += "\\n";
  } else if (character == "\r") {
    out += "\\r";
  } else if (character == "\t") {
    out += "\\t";
  } else if (first < 0x20 || first == 0x7F) {
    absl::StrAppendFormat(&out, "\\u%04x", first);
  } else if (character == "\xC2\x85") {
    out += "\\u0085";
  } else if (character == "\xE2\x80\xA8") {
    out += "\\u2028";
  } else if (character == "\xE2\x80\xA9") {
    out += "\\u2029";
  } else {
    absl::StrAppend(&out, character);
  }
}

}  // namespace

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string CodeName(absl::StatusCode code) {
  std::string name = absl::StatusCodeToString(code);
  return name.empty() ? absl::StrCat(static_cast<int>(code)) : name;
}

std::string StatusMembers(const RpcStatus& status, absl::string_view details_json) {
  return absl::StrCat("\"code\":", static_cast<int>(status.code), ",\"status\":\"",
                      CodeName(status.code), "\",\"message\":", JsonString(status.message),
                      ",\"details\":", details_json);
}

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const Utf8Character character = FirstCharacter(text);
    if (character.valid) {
      AppendEscaped(text.substr(0, character.length), out);
    } else {
      absl::StrAppend(&out, kReplacement);
    }
    text.remove_prefix(character.length);
  }
  out += '"';
  return out;
}

}  // namespace sluice
