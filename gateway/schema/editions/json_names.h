// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Two fields of a message, by index, whose JSON names are in conflict; nothing: there are none.
struct JsonNameConflict {
  int field = -1;
  int other = -1;  // stands before it
  explicit operator bool() const { return field >= 0; }
};

// As every protoc since version 22 finds one: both have the same JSON name.
JsonNameConflict FindJsonNameConflict(const google::protobuf::DescriptorProto& message);

// Whether protobuf 3.21 refuses names in the file, of proto3, that are no conflict by that rule: it
// compares fields without case and underscores, and does not know the option by which a type is
// exempt from either rule.
bool HasLegacyJsonNames(const google::protobuf::FileDescriptorProto& file);

// Whether the type says `deprecated_legacy_json_field_conflicts`.
bool AllowsJsonNameConflicts(const google::protobuf::MessageOptions& options);

// The name of the field in JSON.
std::string JsonNameOf(const google::protobuf::FieldDescriptorProto& field);

}  // namespace sluice
