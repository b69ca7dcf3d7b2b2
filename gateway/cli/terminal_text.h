// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// Text from outside as it may be written to a terminal: on one line, and without anything that a
// terminal would obey. Control characters (C0 but for the tab, DEL, C1), line separators and
// marks that reverse the direction of writing become `\u001b`, which is right in a JSON string,
// too; what is not UTF-8 becomes U+FFFD, as in a browser.
std::string TerminalText(absl::string_view text);

}  // namespace sluice
