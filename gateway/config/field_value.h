// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// Single values of the configuration between their text and a field of a message, by the field's
// descriptor: the file, variables, flags and defaults are all read here, and printed from here.
//
// Bounds: whole numbers, durations and sizes are refused beyond their range.
// Errors: INVALID_ARGUMENT that quotes the value and says what is allowed.

// What the option (sluice.config.v1.kind) says.
sluice::config::v1::Kind KindOf(const google::protobuf::FieldDescriptor& field);

// One value is written as one text: every scalar, and google.protobuf.Duration. For a list, which
// is always one of strings: each of its items.
bool IsText(const google::protobuf::FieldDescriptor& field);

// How a value is written, for problems and the reference: "a size with a unit, such as 16KiB".
std::string AllowedText(const google::protobuf::FieldDescriptor& field);

// What a field holds if nothing says otherwise, by its option (sluice.v1.preset): one text, or the
// items of a list; `{}` for a message that is then there with its own presets. Empty for a field
// without one.
std::vector<std::string> PresetTexts(const google::protobuf::FieldDescriptor& field);

// The names of an enum that may be written: all but the first, which means "not said".
std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor& type);

// Sets the field, or adds an item to a list. REQUIRES: IsText(field).
absl::Status SetText(google::protobuf::Message& message,
                     const google::protobuf::FieldDescriptor& field, absl::string_view text);

// The value as SetText reads it. Not for SECRETs. REQUIRES: IsText(field).
std::string GetText(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field);
// The item of a list as SetText reads it.
std::string GetItemText(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field, int index);

}  // namespace sluice
