// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/field_value.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/utf8.h"
#include "gateway/config/config_values.h"
#include "google/protobuf/duration.pb.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Refused(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " ", why));
}

absl::Status NotAllowed(const FieldDescriptor& field, absl::string_view text) {
  return Refused(text, absl::StrCat("is not allowed; write ", AllowedText(field)));
}

absl::Status PutString(Message& message, const FieldDescriptor& field, absl::string_view text) {
  const bool secret = KindOf(field) == sluice::config::v1::SECRET;
  const std::string found = secret ? "the secret" : Quoted(text);
  if (Utf8PrefixLength(text) != text.size()) {
    return absl::InvalidArgumentError(absl::StrCat(found, " is not UTF-8"));
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return absl::InvalidArgumentError(
          absl::StrCat(found, " holds a control character, which no value may"));
    }
  }
  if (field.is_repeated()) {
    message.GetReflection()->AddString(&message, &field, std::string(text));
  } else {
    message.GetReflection()->SetString(&message, &field, std::string(text));
  }
  return absl::OkStatus();
}

absl::Status PutDuration(Message& message, const FieldDescriptor& field, absl::string_view text) {
  const auto duration = ParseDuration(text);
  if (!duration.ok()) return duration.status();
  google::protobuf::Duration value;
  value.set_seconds(absl::ToInt64Seconds(*duration));
  const absl::Duration rest = *duration - absl::Seconds(value.seconds());
  value.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  message.GetReflection()
      ->MutableMessage(&message, &field)
      ->ParseFromString(value.SerializeAsString());
  return absl::OkStatus();
}

absl::Status PutEnum(Message& message, const FieldDescriptor& field, absl::string_view text) {
  const EnumValueDescriptor* const value = field.enum_type()->FindValueByName(std::string(text));
  if (value == nullptr || value->number() == 0) {
    const std::string near = NearestName(text, EnumNames(*field.enum_type()));
    const std::string hint = near.empty() ? "" : absl::StrCat(" (did you mean ", near, "?)");
    return Refused(text, absl::StrCat("is not allowed; write ", AllowedText(field), hint));
  }
  message.GetReflection()->SetEnum(&message, &field, value);
  return absl::OkStatus();
}

absl::Status PutBool(Message& message, const FieldDescriptor& field, absl::string_view text) {
  if (text != "true" && text != "false") return NotAllowed(field, text);
  message.GetReflection()->SetBool(&message, &field, text == "true");
  return absl::OkStatus();
}

absl::Status PutUInt32(Message& message, const FieldDescriptor& field, absl::string_view text) {
  uint32_t value = 0;
  if (!IsDecimal(text) || !absl::SimpleAtoi(text, &value)) return NotAllowed(field, text);
  message.GetReflection()->SetUInt32(&message, &field, value);
  return absl::OkStatus();
}

absl::Status PutUInt64(Message& message, const FieldDescriptor& field, absl::string_view text) {
  uint64_t value = 0;
  if (KindOf(field) == sluice::config::v1::SIZE || !IsDecimal(text)) {
    const auto size = ParseSize(text);
    if (!size.ok()) return size.status();
    value = *size;
  } else if (!absl::SimpleAtoi(text, &value)) {
    return NotAllowed(field, text);
  }
  message.GetReflection()->SetUInt64(&message, &field, value);
  return absl::OkStatus();
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_DURATION;
}

std::string DurationText(const Message& value) {
  google::protobuf::Duration duration;
  duration.ParseFromString(value.SerializeAsString());
  return DurationToText(ToDuration(duration));
}

std::string UInt64Text(const FieldDescriptor& field, uint64_t value) {
  return KindOf(field) == sluice::config::v1::SIZE ? SizeToText(value) : absl::StrCat(value);
}

}  // namespace

sluice::config::v1::Kind KindOf(const FieldDescriptor& field) {
  return field.options().GetExtension(sluice::config::v1::kind);
}

bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDuration(field);
}

std::vector<std::string> PresetTexts(const FieldDescriptor& field) {
  if (!field.options().HasExtension(sluice::v1::preset)) return {};
  absl::string_view text = field.options().GetExtension(sluice::v1::preset);
  if (!field.is_repeated()) return {std::string(text)};
  absl::ConsumePrefix(&text, "[");
  absl::ConsumeSuffix(&text, "]");
  return absl::StrSplit(text, ", ");
}

std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(type.value(i)->name());
  }
  return names;
}

std::string AllowedText(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "a duration with a unit, such as 250ms or 15s";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("one of ", absl::StrJoin(EnumNames(*field.enum_type()), ", "));
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "a whole number from 0 to 4294967295";
    case FieldDescriptor::CPPTYPE_UINT64:
      return KindOf(field) == sluice::config::v1::SIZE
                 ? "a size with a unit, such as 64KiB or 8MiB"
                 : "a whole number, or a size with a unit, such as 8MiB";
    default:
      return KindOf(field) == sluice::config::v1::ADDRESS ? "HOST:PORT" : "a text";
  }
}

absl::Status SetText(Message& message, const FieldDescriptor& field, absl::string_view text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return PutString(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutDuration(message, field, text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(message, field, text);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutUInt32(message, field, text);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutUInt64(message, field, text);
    default:
      // A test asks for every field of the configuration, so that a new type is noticed there.
      return absl::UnimplementedError(
          absl::StrCat(field.full_name(), " has a type without a text"));
  }
}

std::string GetText(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return DurationText(reflection.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnum(message, &field)->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return UInt64Text(field, reflection.GetUInt64(message, &field));
    default:
      return reflection.GetString(message, &field);
  }
}

std::string GetItemText(const Message& message, const FieldDescriptor& field, int index) {
  return message.GetReflection()->GetRepeatedString(message, &field, index);
}

}  // namespace sluice
