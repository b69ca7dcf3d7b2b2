// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace sluice {

// Parses JSON as RFC 8259 has it, and refuses what it only advises against: a member that comes
// twice, and text behind the value.
//
// Bounds: at most `max_depth` objects and arrays in each other.
// Errors: INVALID_ARGUMENT that names the byte, or the member, and what is wrong.
absl::StatusOr<nlohmann::json> ParseStrictJson(absl::string_view text, int max_depth);

}  // namespace sluice
