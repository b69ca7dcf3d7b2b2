// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/http_body.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

constexpr size_t kMaxContentTypeBytes = 1024;

bool IsTextMediaType(absl::string_view type) {
  constexpr absl::string_view kTypes[] = {"application/json", "application/xml",
                                          "application/javascript", "application/x-ndjson"};
  return absl::StartsWith(type, "text/") || absl::EndsWith(type, "+json") ||
         absl::EndsWith(type, "+xml") ||
         std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

}  // namespace

bool IsTextType(absl::string_view content_type) {
  const std::string lower = absl::AsciiStrToLower(content_type);
  const std::vector<absl::string_view> parts = absl::StrSplit(lower, ';');
  if (!IsTextMediaType(absl::StripAsciiWhitespace(parts.front()))) return false;
  for (absl::string_view parameter : parts) {
    parameter = absl::StripAsciiWhitespace(parameter);
    if (!absl::ConsumePrefix(&parameter, "charset=")) continue;
    absl::ConsumePrefix(&parameter, "\"");
    absl::ConsumeSuffix(&parameter, "\"");
    if (parameter != "utf-8" && parameter != "utf8" && parameter != "us-ascii") return false;
  }
  return true;
}

bool IsSafeContentType(absl::string_view content_type) {
  return content_type.size() <= kMaxContentTypeBytes &&
         std::all_of(content_type.begin(), content_type.end(),
                     [](char byte) { return byte >= 0x20 && byte < 0x7f; });
}

}  // namespace sluice
