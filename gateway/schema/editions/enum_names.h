// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// The name of an enum's value in JSON, valid UTF-8: its own, unless the option
// `(pb.enumvalue.json).string` of edition 2026 gives it another.
std::string JsonNameOf(const google::protobuf::EnumValueDescriptor& value);

// The value of that name, in JSON or of its own; null: there is none.
const google::protobuf::EnumValueDescriptor* FindByJsonName(
    const google::protobuf::EnumDescriptor& type, absl::string_view name);

}  // namespace sluice
