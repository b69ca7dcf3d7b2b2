// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace sluice {

// What the content type of a google.api.HttpBody says about its bytes.

// True if they are text that can be shown as it is: text/*, JSON, XML or JavaScript, in UTF-8.
bool IsTextType(absl::string_view content_type);

// True if it can be the value of a header: visible ASCII and spaces, of reasonable length.
bool IsSafeContentType(absl::string_view content_type);

}  // namespace sluice
