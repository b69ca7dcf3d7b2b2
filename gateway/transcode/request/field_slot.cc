// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/field_slot.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/shown.h"
#include "gateway/base/text/utf8.h"
#include "gateway/schema/editions/enum_names.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/request/number_parser.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kShownBytes = 64;
constexpr int kMaxShownValues = 12;

absl::Status NotA(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", Shown(text, kShownBytes), "\" is not ", what));
}

// A number stands in the message as it is, with or without quotes in the request.
absl::Status NotANumber(absl::string_view text, absl::string_view what) {
  if (ParseNumber<double>(text).fit == NumberFit::kNoNumber) return NotA(text, what);
  return absl::InvalidArgumentError(absl::StrCat(Shown(text, kShownBytes), " is not ", what));
}

// The type with the values that there are, where they are few enough to be read.
std::string EnumWords(const EnumDescriptor& type) {
  std::string words = absl::StrCat("a value of ", type.full_name());
  if (type.value_count() > kMaxShownValues) return words;
  const char* separator = " (";
  for (int i = 0; i < type.value_count(); ++i) {
    absl::StrAppend(&words, separator, JsonNameOf(*type.value(i)));
    separator = ", ";
  }
  return absl::StrCat(words, ")");
}

template <typename Number>
std::string RangeWords() {
  return absl::StrCat(std::numeric_limits<Number>::lowest(), " to ",
                      std::numeric_limits<Number>::max());
}

template <typename Real>
std::optional<Real> RealFromWord(absl::string_view text) {
  if (text == "NaN") return std::numeric_limits<Real>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Real>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<Real>::infinity();
  return {};
}

absl::Status PutSecondsNanos(SecondsNanos value, Message& message) {
  const auto& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  reflection.SetInt64(&message, type.FindFieldByNumber(1), value.seconds);
  reflection.SetInt32(&message, type.FindFieldByNumber(2), value.nanos);
  return absl::OkStatus();
}

absl::Status PutFieldMask(absl::string_view text, Message& message) {
  const FieldDescriptor* paths = message.GetDescriptor()->FindFieldByNumber(1);
  const Reflection& reflection = *message.GetReflection();
  reflection.ClearField(&message, paths);
  if (text.empty()) return absl::OkStatus();
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::optional<std::string> path = FieldMaskPathFromText(part);
    if (!path) return NotA(text, "a field mask, such as \"user.displayName,photo\"");
    reflection.AddString(&message, paths, *path);
  }
  return absl::OkStatus();
}

// The way in which printers write a whole number, and no other: two keys of a map that look
// different are different.
bool IsPlainWhole(absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty()) return false;
  if (text.front() == '0') return text.size() == 1 && !negative;
  for (const char digit : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
  }
  return true;
}

bool IsPlainKey(const FieldDescriptor& key, absl::string_view text) {
  return key.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
         key.cpp_type() == FieldDescriptor::CPPTYPE_BOOL || IsPlainWhole(text);
}

const FieldDescriptor* FindExtension(const Descriptor& type, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "[") || !absl::ConsumeSuffix(&name, "]")) return nullptr;
  const FieldDescriptor* field = type.file()->pool()->FindExtensionByName(std::string(name));
  return field != nullptr && field->containing_type() == &type ? field : nullptr;
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view name) {
  const std::string text(name);
  if (const FieldDescriptor* field = type.FindFieldByName(text)) return field;
  // By a table, where the .proto does not say otherwise; else one after the other.
  const FieldDescriptor* field = type.FindFieldByCamelcaseName(text);
  if (field != nullptr && field->json_name() == text) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == text) return type.field(i);
  }
  return FindExtension(type, name);
}

std::string TypeWords(const FieldDescriptor& field) {
  switch (CppTypeOf(field)) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat("a ", field.message_type()->full_name());
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("a value of ", EnumTypeOf(field)->full_name());
    case FieldDescriptor::CPPTYPE_INT32:
      return "an int32";
    case FieldDescriptor::CPPTYPE_INT64:
      return "an int64";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "a uint32";
    case FieldDescriptor::CPPTYPE_UINT64:
      return "a uint64";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "base64" : "a string";
    default:
      return absl::StrCat("a ", field.cpp_type_name());
  }
}

template <typename Number>
void FieldSlot::Put(Number value) {
  const Reflection& reflection = *message_.GetReflection();
  const bool add = field_.is_repeated();
  if constexpr (std::is_same_v<Number, int32_t>) {
    add ? reflection.AddInt32(&message_, &field_, value)
        : reflection.SetInt32(&message_, &field_, value);
  } else if constexpr (std::is_same_v<Number, int64_t>) {
    add ? reflection.AddInt64(&message_, &field_, value)
        : reflection.SetInt64(&message_, &field_, value);
  } else if constexpr (std::is_same_v<Number, uint32_t>) {
    add ? reflection.AddUInt32(&message_, &field_, value)
        : reflection.SetUInt32(&message_, &field_, value);
  } else if constexpr (std::is_same_v<Number, uint64_t>) {
    add ? reflection.AddUInt64(&message_, &field_, value)
        : reflection.SetUInt64(&message_, &field_, value);
  } else if constexpr (std::is_same_v<Number, double>) {
    add ? reflection.AddDouble(&message_, &field_, value)
        : reflection.SetDouble(&message_, &field_, value);
  } else {
    static_assert(std::is_same_v<Number, float>);
    add ? reflection.AddFloat(&message_, &field_, value)
        : reflection.SetFloat(&message_, &field_, value);
  }
}

template <typename Number>
absl::Status FieldSlot::PutParsed(absl::string_view text) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (const std::optional<Number> word = RealFromWord<Number>(text)) {
      Put(*word);
      return absl::OkStatus();
    }
  }
  const NumberFromText<Number> number = ParseNumber<Number>(text);
  if (number.fit == NumberFit::kOutOfRange) {
    return absl::InvalidArgumentError(absl::StrCat(Shown(text, kShownBytes),
                                                   " is out of the range of ", TypeWords(field_),
                                                   ", ", RangeWords<Number>()));
  }
  if (number.fit != NumberFit::kFits) return NotANumber(text, TypeWords(field_));
  Put(number.value);
  return absl::OkStatus();
}

absl::Status FieldSlot::PutStringText(absl::string_view text) {
  if (!IsValidUtf8(text)) return NotA(text, "valid UTF-8");
  const Reflection& reflection = *message_.GetReflection();
  if (field_.is_repeated()) {
    reflection.AddString(&message_, &field_, std::string(text));
  } else {
    reflection.SetString(&message_, &field_, std::string(text));
  }
  return absl::OkStatus();
}

absl::Status FieldSlot::PutBytesText(absl::string_view text) {
  const std::optional<std::string> bytes = BytesFromBase64(text);
  if (!bytes) return NotA(text, "base64");
  const Reflection& reflection = *message_.GetReflection();
  if (field_.is_repeated()) {
    reflection.AddString(&message_, &field_, *bytes);
  } else {
    reflection.SetString(&message_, &field_, *bytes);
  }
  return absl::OkStatus();
}

absl::Status FieldSlot::PutEnumNumber(absl::string_view text) {
  const EnumDescriptor& type = *EnumTypeOf(field_);
  const NumberFromText<int32_t> number = ParseNumber<int32_t>(text);
  // An open enum takes any number: the service may know more values than its schema here does.
  const bool open = IsOpen(type);
  if (number.fit != NumberFit::kFits ||
      (!open && type.FindValueByNumber(number.value) == nullptr)) {
    return NotANumber(text, EnumWords(type));
  }
  if (field_.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    Put(number.value);
    return absl::OkStatus();
  }
  const Reflection& reflection = *message_.GetReflection();
  if (field_.is_repeated()) {
    reflection.AddEnumValue(&message_, &field_, number.value);
  } else {
    reflection.SetEnumValue(&message_, &field_, number.value);
  }
  return absl::OkStatus();
}

absl::Status FieldSlot::PutEnumText(absl::string_view text) {
  const EnumDescriptor& type = *EnumTypeOf(field_);
  const EnumValueDescriptor* value = FindByJsonName(type, text);
  if (value != nullptr) return PutEnumNumber(absl::StrCat(value->number()));
  if (ParseNumber<int32_t>(text).fit == NumberFit::kFits) return PutEnumNumber(text);
  std::vector<std::string> known;
  for (int i = 0; i < type.value_count(); ++i) known.push_back(JsonNameOf(*type.value(i)));
  const std::string nearest = NearestName(text, known);
  return NotA(text, nearest.empty()
                        ? EnumWords(type)
                        : absl::StrCat(EnumWords(type), "; did you mean \"", nearest, "\"?"));
}

absl::Status FieldSlot::PutNumber(absl::string_view text) {
  const absl::Status put = PutGivenNumber(text);
  DropDefault();
  return put;
}

absl::Status FieldSlot::PutGivenNumber(absl::string_view text) {
  switch (CppTypeOf(field_)) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutParsed<int32_t>(text);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutParsed<int64_t>(text);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutParsed<uint32_t>(text);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutParsed<uint64_t>(text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutParsed<double>(text);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutParsed<float>(text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnumNumber(text);
    default:
      return NotANumber(text, TypeWords(field_));
  }
}

absl::Status FieldSlot::PutText(absl::string_view text) {
  const absl::Status put = PutGivenText(text);
  DropDefault();
  return put;
}

// Without presence a default value must not be on the wire.
void FieldSlot::DropDefault() {
  if (field_.is_repeated() || HasPresence(field_)) return;
  if (!IsGiven(message_, field_)) message_.GetReflection()->ClearField(&message_, &field_);
}

absl::Status FieldSlot::PutGivenText(absl::string_view text) {
  switch (CppTypeOf(field_)) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return NotA(text, TypeWords(field_));
      return PutBool(text == "true");
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnumText(text);
    case FieldDescriptor::CPPTYPE_STRING:
      return field_.type() == FieldDescriptor::TYPE_BYTES ? PutBytesText(text)
                                                          : PutStringText(text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutMessageText(text, PutMessage());
    default:
      return PutGivenNumber(text);
  }
}

absl::Status FieldSlot::PutBool(bool value) {
  if (field_.cpp_type() != FieldDescriptor::CPPTYPE_BOOL) {
    return absl::InvalidArgumentError(
        absl::StrCat(value ? "true" : "false", " is not ", TypeWords(field_)));
  }
  const Reflection& reflection = *message_.GetReflection();
  if (field_.is_repeated()) {
    reflection.AddBool(&message_, &field_, value);
  } else {
    reflection.SetBool(&message_, &field_, value);
  }
  DropDefault();
  return absl::OkStatus();
}

Message& FieldSlot::PutMessage() {
  const Reflection& reflection = *message_.GetReflection();
  return *(field_.is_repeated() ? reflection.AddMessage(&message_, &field_)
                                : reflection.MutableMessage(&message_, &field_));
}

absl::Status PutMapKey(absl::string_view text, Message& entry) {
  const FieldDescriptor& key = *entry.GetDescriptor()->map_key();
  const absl::Status put = FieldSlot(entry, key).PutText(text);
  if (!put.ok()) return absl::InvalidArgumentError(absl::StrCat("as a key, ", put.message()));
  if (IsPlainKey(key, text)) return put;
  return absl::InvalidArgumentError(absl::StrCat("as a key, \"", Shown(text, kShownBytes),
                                                 "\" is not ", TypeWords(key), " in plain digits"));
}

absl::Status PutMessageText(absl::string_view text, Message& message) {
  const auto& type = *message.GetDescriptor();
  switch (WellKnownOf(type)) {
    case WellKnown::kTimestamp: {
      const std::optional<SecondsNanos> time = TimestampFromText(text);
      return time ? PutSecondsNanos(*time, message)
                  : NotA(text, "an RFC 3339 time, such as \"2030-01-31T12:00:00Z\"");
    }
    case WellKnown::kDuration: {
      const std::optional<SecondsNanos> duration = DurationFromText(text);
      return duration ? PutSecondsNanos(*duration, message)
                      : NotA(text, "a duration in seconds, such as \"1.5s\"");
    }
    case WellKnown::kFieldMask:
      return PutFieldMask(text, message);
    case WellKnown::kWrapper:
      return FieldSlot(message, *type.FindFieldByNumber(1)).PutText(text);
    default:
      return NotA(text, absl::StrCat("a ", type.full_name()));
  }
}

}  // namespace sluice
