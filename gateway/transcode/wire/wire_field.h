// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"

namespace sluice {

// The value of one field of a message, read where it lies: equal texts for equal values, and no
// more. A field that is absent has its zero value, which proto3 does not tell apart.
//
// In:      wire bytes that a ResponseTranscoder has accepted. `path` leads to a string, bytes,
//          integer, enum or bool field that is not repeated, through messages that are not.
// Threads: any.
// Errors:  none: in bytes that nobody accepted it finds what it finds.
std::string WireFieldText(absl::string_view wire, const FieldPath& path);

}  // namespace sluice
