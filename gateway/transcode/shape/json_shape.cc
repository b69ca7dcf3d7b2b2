// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/shape/json_shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/request/required_fields.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::vector<const FieldDescriptor*> FieldsOf(const Descriptor& type) {
  std::vector<const FieldDescriptor*> extensions;
  if (type.extension_range_count() > 0) {
    type.file()->pool()->FindAllExtensions(&type, &extensions);
    std::sort(extensions.begin(), extensions.end(),
              [](const auto* a, const auto* b) { return a->number() < b->number(); });
  }
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) fields.push_back(type.field(i));
  fields.insert(fields.end(), extensions.begin(), extensions.end());
  return fields;
}

std::string NameOf(const FieldDescriptor& field, const JsonOptions& options) {
  if (field.is_extension()) return absl::StrCat("[", field.full_name(), "]");
  return options.proto_names ? field.name() : field.json_name();
}

JsonShape::Member MemberOf(const FieldDescriptor& field, const JsonOptions& options) {
  using Holds = JsonShape::Member::Holds;
  const Holds holds = field.is_map()        ? Holds::kMap
                      : field.is_repeated() ? Holds::kArray
                                            : Holds::kOne;
  const FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
  JsonShape::Member member{
      .name = NameOf(field, options), .holds = holds, .shape = JsonShape::OfValue(value, options)};
  if (field.is_map()) member.key_format = field.message_type()->map_key()->type_name();
  if (field.real_containing_oneof() != nullptr) {
    member.oneof = field.real_containing_oneof()->name();
  }
  member.required = IsRequired(field);
  return member;
}

}  // namespace

JsonShape::JsonShape(const Descriptor& type, const JsonOptions& options) : JsonShape(options) {
  switch (WellKnownOf(type)) {
    case WellKnown::kAny:
      kind_ = Kind::kTyped;
      return;
    case WellKnown::kTimestamp:
      format_ = "RFC 3339 time";
      return;
    case WellKnown::kDuration:
      format_ = "seconds, such as 1.5s";
      return;
    case WellKnown::kFieldMask:
      format_ = "paths, such as user.displayName,photo";
      return;
    case WellKnown::kStruct:
      kind_ = Kind::kAnyObject;
      return;
    case WellKnown::kValue:
      kind_ = Kind::kAnyValue;
      return;
    case WellKnown::kListValue:
      kind_ = Kind::kAnyArray;
      return;
    case WellKnown::kWrapper:
      *this = OfValue(*type.FindFieldByNumber(1), options);
      return;
    case WellKnown::kNone:
      kind_ = Kind::kObject;
      message_type_ = &type;
      return;
  }
}

JsonShape JsonShape::OfValue(const FieldDescriptor& field, const JsonOptions& options) {
  JsonShape shape(options);
  switch (CppTypeOf(field)) {
    case FieldDescriptor::CPPTYPE_BOOL:
      shape.kind_ = Kind::kBoolean;
      break;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      shape.kind_ = Kind::kNumber;
      shape.format_ = field.cpp_type_name();
      break;
    case FieldDescriptor::CPPTYPE_INT64:  // JavaScript would round it
    case FieldDescriptor::CPPTYPE_UINT64:
      if (options.numbers_64) shape.kind_ = Kind::kNumber;
      shape.format_ = field.cpp_type_name();
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) shape.format_ = "base64";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      shape.kind_ = IsNullValue(*EnumTypeOf(field)) ? Kind::kNull : Kind::kEnum;
      shape.enum_type_ = EnumTypeOf(field);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return JsonShape(*field.message_type(), options);
  }
  return shape;
}

std::vector<JsonShape::Member> JsonShape::Members() const {
  std::vector<Member> members;
  if (kind_ != Kind::kObject) return members;
  for (const FieldDescriptor* field : FieldsOf(*message_type_))
    members.push_back(MemberOf(*field, options_));
  return members;
}

}  // namespace sluice
