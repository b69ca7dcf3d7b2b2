// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/head_scanner.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains("!#$%&'*+-.^_`|~", c);
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

bool IsVersion(absl::string_view text) {
  return text.size() == 8 && absl::StartsWith(text, "HTTP/") &&
         absl::ascii_isdigit(static_cast<unsigned char>(text[5])) && text[6] == '.' &&
         absl::ascii_isdigit(static_cast<unsigned char>(text[7]));
}

}  // namespace

std::optional<size_t> HeadScanner::Scan(absl::string_view input) {
  for (; scanned_ < input.size() && !complete_ && !refusal_.has_value(); ++scanned_) {
    const char c = input[scanned_];
    const bool after_cr = scanned_ > line_start_ && input[scanned_ - 1] == '\r';
    if (scanned_ >= max_bytes_) {
      Refuse(RefusalReason::kHeadTooLarge,
             absl::StrCat("the request's head is larger than ", max_bytes_, " bytes"));
    } else if (after_cr != (c == '\n')) {
      Refuse(RefusalReason::kBadRequest, "a line of the request's head does not end with CRLF");
    } else if (c == '\n') {
      EndLine(input.substr(line_start_, scanned_ - 1 - line_start_));
    } else if (c != '\r' && IsControl(c)) {
      Refuse(RefusalReason::kBadRequest,
             absl::StrCat("byte ", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2),
                          " (hex) in the request's head; this port speaks HTTP/1.1"));
    }
  }
  if (refusal_.has_value() || !complete_) return std::nullopt;
  return scanned_;
}

void HeadScanner::EndLine(absl::string_view line) {
  if (line_start_ == 0) {
    CheckRequestLine(line);
  } else if (line.empty()) {
    complete_ = true;
  } else if (line[0] == ' ' || line[0] == '\t') {
    Refuse(RefusalReason::kBadRequest, "a header field goes on in the next line (obs-fold)");
  } else {
    CheckField(line);
  }
  line_start_ = scanned_ + 1;
}

void HeadScanner::CheckField(absl::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  if (colon == 0 || colon == line.size() ||
      !std::all_of(line.begin(), line.begin() + colon, IsTokenCharacter)) {
    return Refuse(RefusalReason::kBadRequest, "a header field is not `name: value`");
  }
  for (const char* const kept : {"origin", "host"}) {
    if (!absl::EqualsIgnoreCase(line.substr(0, colon), kept)) continue;
    const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
    origin_fields_.Add(kept, std::string(value));
  }
}

void HeadScanner::CheckRequestLine(absl::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || first == 0 || last <= first + 1 ||
      !std::all_of(line.begin(), line.begin() + first, IsTokenCharacter) ||
      !IsVersion(line.substr(last + 1))) {
    return Refuse(RefusalReason::kBadRequest, "the first line is not `METHOD target HTTP/1.1`");
  }
  const absl::string_view target = line.substr(first + 1, last - first - 1);
  if (!std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    return Refuse(RefusalReason::kBadRequest,
                  "the request target has a byte that must be percent-encoded");
  }
  const absl::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    Refuse(RefusalReason::kBadVersion,
           absl::StrCat(version, " is not spoken here, HTTP/1.1 and HTTP/1.0 are"));
  }
}

void HeadScanner::Refuse(RefusalReason reason, absl::string_view message) {
  refusal_ = Refusal{reason, std::string(message)};
}

}  // namespace sluice
