// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/shown.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace sluice {

std::string Shown(absl::string_view text, size_t longest) {
  std::string shown;
  for (const char byte : text.substr(0, longest)) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7f) {
      shown.push_back(byte);
    } else {
      absl::StrAppend(&shown, absl::CHexEscape(absl::string_view(&byte, 1)));
    }
  }
  if (text.size() > longest) absl::StrAppend(&shown, "…");
  return shown;
}

}  // namespace sluice
