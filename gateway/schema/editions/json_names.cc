// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/json_names.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/strings/ascii.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MessageOptions;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// `deprecated_legacy_json_field_conflicts`, which protobuf 3.21 does not know.
constexpr int kOfMessageOptions = 11;
constexpr int kOfEnumOptions = 6;

bool HasTrue(const UnknownFieldSet& fields, int number) {
  bool value = false;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() != number || field.type() != UnknownField::TYPE_VARINT) continue;
    value = field.varint() != 0;
  }
  return value;
}

std::string Folded(const std::string& name) {
  std::string folded;
  for (const char c : name) {
    if (c != '_') folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

bool AreRefused(const DescriptorProto& message) {
  std::unordered_set<std::string> seen;
  for (const FieldDescriptorProto& field : message.field()) {
    if (!seen.insert(Folded(field.name())).second) return true;
  }
  return false;
}

bool HasExemptEnum(const google::protobuf::RepeatedPtrField<EnumDescriptorProto>& types) {
  for (const EnumDescriptorProto& type : types) {
    if (HasTrue(type.options().unknown_fields(), kOfEnumOptions)) return true;
  }
  return false;
}

}  // namespace

std::string JsonNameOf(const FieldDescriptorProto& field) {
  if (field.has_json_name()) return field.json_name();
  std::string name;
  bool after_underscore = false;
  for (const char c : field.name()) {
    if (c != '_') {
      name.push_back(after_underscore ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
    }
    after_underscore = c == '_';
  }
  return name;
}

JsonNameConflict FindJsonNameConflict(const DescriptorProto& message) {
  std::unordered_map<std::string, int> seen;
  for (int i = 0; i < message.field_size(); ++i) {
    const auto [at, is_new] = seen.emplace(JsonNameOf(message.field(i)), i);
    if (!is_new) return {i, at->second};
  }
  return {};
}

bool HasLegacyJsonNames(const FileDescriptorProto& file) {
  if (HasExemptEnum(file.enum_type())) return true;
  std::vector<const DescriptorProto*> open;
  for (const DescriptorProto& message : file.message_type()) open.push_back(&message);
  while (!open.empty()) {
    const DescriptorProto& message = *open.back();
    open.pop_back();
    if (AreRefused(message) || HasExemptEnum(message.enum_type())) return true;
    for (const DescriptorProto& nested : message.nested_type()) open.push_back(&nested);
  }
  return false;
}

bool AllowsJsonNameConflicts(const MessageOptions& options) {
  return HasTrue(options.unknown_fields(), kOfMessageOptions);
}

}  // namespace sluice
