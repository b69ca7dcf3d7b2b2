// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/field_slot.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/nearest_name.h"
#include "gateway/schema/shown.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kShownBytes = 64;

absl::Status NotA(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", Shown(text, kShownBytes), "\" is not ", what));
}

absl::Status OutOfRange(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(Shown(text, kShownBytes), " is out of the range of ", what));
}

// from_chars takes words as well, `inf` and `nan` among them.
bool LooksLikeNumber(absl::string_view text) {
  for (const char byte : text) {
    const bool allowed = absl::ascii_isdigit(static_cast<unsigned char>(byte)) || byte == '-' ||
                         byte == '+' || byte == '.' || byte == 'e' || byte == 'E';
    if (!allowed) return false;
  }
  return !text.empty();
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

}  // namespace

const FieldDescriptor* FindField(const google::protobuf::Descriptor& type, absl::string_view name) {
  if (const FieldDescriptor* field = type.FindFieldByName(std::string(name))) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

std::string TypeWords(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat("a ", field.message_type()->full_name());
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("a value of ", field.enum_type()->full_name());
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
absl::Status FieldSlot::PutNumberText(absl::string_view text) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (const std::optional<Number> word = RealFromWord<Number>(text)) {
      Put(*word);
      return absl::OkStatus();
    }
  }
  Number value{};
  const char* const end = text.data() + text.size();
  if (!LooksLikeNumber(text)) return NotA(text, TypeWords(field_));
  const std::from_chars_result parsed = std::from_chars(text.data(), end, value);
  if (parsed.ptr != end || parsed.ec == std::errc::invalid_argument) {
    return NotA(text, TypeWords(field_));
  }
  if (parsed.ec != std::errc()) return OutOfRange(text, TypeWords(field_));
  Put(value);
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

absl::Status FieldSlot::PutEnumNumber(int64_t number) {
  const EnumDescriptor& type = *field_.enum_type();
  const bool fits = number >= std::numeric_limits<int32_t>::min() &&
                    number <= std::numeric_limits<int32_t>::max();
  // An open enum takes any number: the service may know more values than its schema here does.
  const bool open = type.file()->syntax() == FileDescriptor::SYNTAX_PROTO3;
  if (!fits || (!open && type.FindValueByNumber(static_cast<int>(number)) == nullptr)) {
    return NotA(absl::StrCat(number), TypeWords(field_));
  }
  const Reflection& reflection = *message_.GetReflection();
  if (field_.is_repeated()) {
    reflection.AddEnumValue(&message_, &field_, static_cast<int>(number));
  } else {
    reflection.SetEnumValue(&message_, &field_, static_cast<int>(number));
  }
  return absl::OkStatus();
}

absl::Status FieldSlot::PutEnumText(absl::string_view text) {
  const EnumDescriptor& type = *field_.enum_type();
  const EnumValueDescriptor* value = type.FindValueByName(std::string(text));
  if (value != nullptr) return PutEnumNumber(value->number());
  int32_t number = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result parsed = std::from_chars(text.data(), end, number);
  if (!text.empty() && parsed.ec == std::errc() && parsed.ptr == end) return PutEnumNumber(number);
  std::vector<std::string> known;
  for (int i = 0; i < type.value_count(); ++i) known.push_back(type.value(i)->name());
  const std::string nearest = NearestName(text, known);
  return NotA(text, nearest.empty()
                        ? TypeWords(field_)
                        : absl::StrCat(TypeWords(field_), "; did you mean \"", nearest, "\"?"));
}

absl::Status FieldSlot::PutText(absl::string_view text) {
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutNumberText<int32_t>(text);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutNumberText<int64_t>(text);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutNumberText<uint32_t>(text);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutNumberText<uint64_t>(text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutNumberText<double>(text);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutNumberText<float>(text);
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
  }
  return NotA(text, TypeWords(field_));
}

template <typename Whole>
absl::Status FieldSlot::PutWhole(Whole value) {
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      Put(static_cast<double>(value));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_FLOAT:
      Put(static_cast<float>(value));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutText(absl::StrCat(value));
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("the number ", value, " is not ", TypeWords(field_)));
  }
}

absl::Status FieldSlot::PutInt(int64_t value) { return PutWhole(value); }
absl::Status FieldSlot::PutUint(uint64_t value) { return PutWhole(value); }

absl::Status FieldSlot::PutDouble(double value) {
  constexpr double kTwoTo53 = 9007199254740992.0;  // above, a double may not be what was written
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      Put(value);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
        return OutOfRange(absl::StrCat(value), TypeWords(field_));
      }
      Put(static_cast<float>(value));
      return absl::OkStatus();
    default:
      // `1e3` and `5.0` are whole numbers, too.
      if (std::abs(value) <= kTwoTo53 && std::trunc(value) == value) {
        return PutInt(static_cast<int64_t>(value));
      }
      return absl::InvalidArgumentError(
          absl::StrCat("the number ", value, " is not ", TypeWords(field_)));
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
  return absl::OkStatus();
}

Message& FieldSlot::PutMessage() {
  const Reflection& reflection = *message_.GetReflection();
  return *(field_.is_repeated() ? reflection.AddMessage(&message_, &field_)
                                : reflection.MutableMessage(&message_, &field_));
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
