// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"

namespace sluice {

// The value of one field of a message, read where it lies: equal texts for equal values, and no
// more. A field that is absent has its zero value, which proto3 does not tell apart.
//
// In:      wire bytes of a message. `path` leads to a string, bytes, integer, enum or bool field,
//          not a repeated one, through messages that are not repeated.
// Threads: any.
// Errors:  nothing, for bytes so broken that nobody can tell. Those that a ResponseTranscoder has
//          accepted never are.
std::optional<std::string> WireFieldText(absl::string_view wire, const FieldPath& path);

}  // namespace sluice
