// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/enum_names.h"

#include "gateway/base/text/utf8.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr int kJsonOption = 998;  // pb.enumvalue.json, of EnumValueOptions
constexpr int kStringOfOption = 1;

bool IsText(const UnknownField& field, int number) {
  return field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED;
}

// Null where the option does not stand. The last one counts, as everywhere on the wire.
std::string GivenName(const EnumValueDescriptor& value) {
  const UnknownFieldSet& unknown = value.options().unknown_fields();
  std::string name;
  for (int i = 0; i < unknown.field_count(); ++i) {
    UnknownFieldSet option;
    if (!IsText(unknown.field(i), kJsonOption)) continue;
    if (!option.ParseFromString(unknown.field(i).length_delimited())) continue;
    for (int j = 0; j < option.field_count(); ++j) {
      if (IsText(option.field(j), kStringOfOption)) name = option.field(j).length_delimited();
    }
  }
  return name;
}

}  // namespace

std::string JsonNameOf(const EnumValueDescriptor& value) {
  std::string given = GivenName(value);
  return given.empty() || !IsValidUtf8(given) ? value.name() : given;
}

const EnumValueDescriptor* FindByJsonName(const EnumDescriptor& type, absl::string_view name) {
  if (const auto* value = type.FindValueByName(std::string(name))) return value;
  for (int i = 0; i < type.value_count(); ++i) {
    if (GivenName(*type.value(i)) == name && !name.empty()) return type.value(i);
  }
  return nullptr;
}

}  // namespace sluice
