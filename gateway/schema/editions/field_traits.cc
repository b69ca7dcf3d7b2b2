// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/field_traits.h"

#include <cstring>

#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumOptions;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldOptions;
using google::protobuf::FileDescriptor;
using google::protobuf::FileOptions;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr int kOpenEnumNumber = 19001;         // of EnumOptions
constexpr int kEnumTypeNumber = 19002;         // of FieldOptions: the full name
constexpr int kWithoutPresenceNumber = 19003;  // of FieldOptions
constexpr int kLoweredNumber = 19004;          // of FileOptions

const UnknownField* Find(const UnknownFieldSet& fields, int number, UnknownField::Type type) {
  for (int i = 0; i < fields.field_count(); ++i) {
    if (fields.field(i).number() == number && fields.field(i).type() == type) {
      return &fields.field(i);
    }
  }
  return nullptr;
}

bool IsMarkedWithoutPresence(const FieldDescriptor& field) {
  return Find(field.options().unknown_fields(), kWithoutPresenceNumber,
              UnknownField::TYPE_VARINT) != nullptr &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated();
}

template <typename Number>
bool HasBits(Number number) {
  const Number zero = 0;
  return std::memcmp(&number, &zero, sizeof number) != 0;
}

bool IsZero(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.GetInt32(message, &field) == 0;
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(message, &field) == 0;
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, &field) == 0;
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, &field) == 0;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return !HasBits(reflection.GetDouble(message, &field));  // -0 is not the default
    case FieldDescriptor::CPPTYPE_FLOAT:
      return !HasBits(reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return !reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnumValue(message, &field) == 0;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return reflection.GetStringReference(message, &field, &scratch).empty();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
  }
  return false;
}

}  // namespace

const EnumDescriptor* EnumTypeOf(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_INT32) return field.enum_type();
  const UnknownFieldSet& unknown = field.options().unknown_fields();
  if (unknown.empty()) return nullptr;
  const UnknownField* name = Find(unknown, kEnumTypeNumber, UnknownField::TYPE_LENGTH_DELIMITED);
  if (name == nullptr) return nullptr;
  return field.file()->pool()->FindEnumTypeByName(name->length_delimited());
}

FieldDescriptor::CppType CppTypeOf(const FieldDescriptor& field) {
  return EnumTypeOf(field) != nullptr ? FieldDescriptor::CPPTYPE_ENUM : field.cpp_type();
}

bool HasPresence(const FieldDescriptor& field) {
  return field.has_presence() && !IsMarkedWithoutPresence(field);
}

bool IsGiven(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->HasField(message, &field) &&
         !(IsMarkedWithoutPresence(field) && IsZero(message, field));
}

int EnumNumberOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM
             ? reflection.GetEnumValue(message, &field)
             : reflection.GetInt32(message, &field);
}

int EnumNumberOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM
             ? reflection.GetRepeatedEnumValue(message, &field, index)
             : reflection.GetRepeatedInt32(message, &field, index);
}

bool IsOpen(const EnumDescriptor& type) {
  return type.file()->syntax() == FileDescriptor::SYNTAX_PROTO3 ||
         Find(type.options().unknown_fields(), kOpenEnumNumber, UnknownField::TYPE_VARINT) !=
             nullptr;
}

bool IsLowered(const FileDescriptor& file) {
  return Find(file.options().unknown_fields(), kLoweredNumber, UnknownField::TYPE_VARINT) !=
         nullptr;
}

void MarkLowered(FileOptions& options) {
  options.mutable_unknown_fields()->AddVarint(kLoweredNumber, 1);
}

void MarkOpen(EnumOptions& options) {
  options.mutable_unknown_fields()->AddVarint(kOpenEnumNumber, 1);
}

void MarkOfEnum(const std::string& full_name, FieldOptions& options) {
  options.mutable_unknown_fields()->AddLengthDelimited(kEnumTypeNumber, full_name);
}

void MarkWithoutPresence(FieldOptions& options) {
  options.mutable_unknown_fields()->AddVarint(kWithoutPresenceNumber, 1);
}

}  // namespace sluice
