// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/utf8.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Of bytes that begin no character: how many of them could still have become one, at least 1.
size_t SubpartLength(absl::string_view text) {
  for (size_t length = std::min<size_t>(3, text.size()); length > 1; --length) {
    const std::string completed = absl::StrCat(text.substr(0, length), "\x80\x80");
    if (Utf8CharacterLength(completed) > length) return length;
  }
  return 1;
}

}  // namespace

size_t Utf8PrefixLength(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = Utf8CharacterLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string WithReplacements(absl::string_view text) {
  std::string out;
  while (true) {
    const size_t valid = Utf8PrefixLength(text);
    absl::StrAppend(&out, text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) return out;
    absl::StrAppend(&out, kReplacement);
    text.remove_prefix(SubpartLength(text));
  }
}

}  // namespace sluice
