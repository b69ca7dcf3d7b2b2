// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// Text from outside as it may stand in a message for people: without control bytes, and cut after
// `longest` bytes.
std::string Shown(absl::string_view text, size_t longest = 200);

}  // namespace sluice
