// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/message_printer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/json_string.h"
#include "gateway/schema/editions/enum_names.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/json_text.h"
#include "gateway/transcode/well_known.h"
#include "google/protobuf/reflection.h"

// A walk over the message by reflection. What is a field's type, and whether a well-known type has
// the fields that it should have, is always asked of the descriptor: it comes from outside as much
// as the bytes do, and reflection ends the process when it is asked for the wrong type.

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A map's key as text, to find entries that are there twice.
std::string KeyText(const Message& entry, const FieldDescriptor& key) {
  const Reflection& reflection = *entry.GetReflection();
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(entry, &key);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(entry, &key));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(entry, &key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(entry, &key));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(entry, &key));
    default:
      return reflection.GetBool(entry, &key) ? "true" : "false";
  }
}

// True where protobuf takes the whole entry for an unknown field: its value is a number that the
// enum does not have.
bool HasUnknownValue(const Message& entry, const FieldDescriptor& value) {
  return value.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
         value.file()->syntax() != google::protobuf::FileDescriptor::SYNTAX_PROTO3 &&
         !entry.GetReflection()->GetUnknownFields(entry).empty() &&
         !entry.GetReflection()->HasField(entry, &value);
}

}  // namespace

absl::Status MessagePrinter::Print(const Message& message) { return Result(Json(message, 1)); }

absl::Status MessagePrinter::PrintValue(const Message& message, const Field& field) {
  const bool absent = HasPresence(field) && !message.GetReflection()->HasField(message, &field);
  if (absent) {
    out_.append("null");
    return absl::OkStatus();
  }
  return Result(field.is_repeated() ? Repeated(message, field, 1) : Single(message, field, 1));
}

absl::Status MessagePrinter::Result(bool ok) const { return ok ? absl::OkStatus() : fault_; }

bool MessagePrinter::Fail(EventFault fault, absl::string_view what) {
  fault_ = FaultError(fault, what);
  return false;
}

// What follows an opening bracket is the first.
void MessagePrinter::Comma(char opening) {
  if (out_.back() != opening) out_.push_back(',');
}

bool MessagePrinter::Json(const Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  unknown_fields_ += UnknownFieldsIn(message);
  if (depth > options_.max_depth) {
    return Fail(EventFault::kTooDeep, absl::StrCat("a ", type.full_name(), " lies more than ",
                                                   options_.max_depth, " messages deep"));
  }
  switch (WellKnownOf(type)) {
    case WellKnown::kNone:
      return Object(message, depth);
    case WellKnown::kAny:
      return Any(message, depth);
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
      return Time(message);
    case WellKnown::kFieldMask:
      return FieldMask(message);
    case WellKnown::kValue:
      return Value(message, depth);
    case WellKnown::kStruct:
      return Map(message, *type.FindFieldByNumber(1), depth);
    case WellKnown::kListValue:
      return List(message, *type.FindFieldByNumber(1), depth);
    case WellKnown::kWrapper:
      return Single(message, *type.FindFieldByNumber(1), depth);
  }
  return Fail(EventFault::kMalformed, absl::StrCat(type.full_name(), " has no JSON"));
}

bool MessagePrinter::Object(const Message& message, int depth) {
  out_.push_back('{');
  if (!Members(message, depth)) return false;
  out_.push_back('}');
  return true;
}

bool MessagePrinter::Members(const Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    const bool given =
        field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : IsGiven(message, field);
    const bool shown = given || (options_.json.default_values && !HasPresence(field));
    if (shown && !Member(message, field, depth)) return false;
  }
  if (type.extension_range_count() == 0) return true;
  std::vector<const Field*> fields;
  reflection.ListFields(message, &fields);
  for (const Field* field : fields) {
    if (field->is_extension() && !Member(message, *field, depth)) return false;
  }
  return true;
}

bool MessagePrinter::Member(const Message& message, const Field& field, int depth) {
  const size_t before = out_.size();
  Comma('{');
  if (field.is_extension()) {
    out_.append(absl::StrCat("\"[", field.full_name(), "]\""));
  } else if (!AppendJsonString(options_.json.proto_names ? field.name() : field.json_name(),
                               out_)) {
    return Fail(EventFault::kNotUtf8,
                absl::StrCat("the JSON name of ", field.full_name(), " is not valid UTF-8"));
  }
  out_.push_back(':');
  if (!field.is_repeated()) return Single(message, field, depth);
  if (!Repeated(message, field, depth)) return false;
  // Entries with a value that the enum does not have were unknown fields, and there was no other.
  const bool is_empty = field.is_map() && absl::EndsWith(out_, ":{}");
  if (is_empty && !options_.json.default_values) out_.resize(before);
  return true;
}

bool MessagePrinter::Repeated(const Message& message, const Field& field, int depth) {
  return field.is_map() ? Map(message, field, depth) : List(message, field, depth);
}

void MessagePrinter::Whole(const std::string& digits) {
  out_.append(options_.json.numbers_64 ? digits : absl::StrCat("\"", digits, "\""));
}

bool MessagePrinter::Single(const Message& message, const Field& field, int depth) {
  const Reflection& reflection = *message.GetReflection();
  switch (CppTypeOf(field)) {
    case Field::CPPTYPE_INT32:
      AppendJsonInt(reflection.GetInt32(message, &field), out_);
      return true;
    case Field::CPPTYPE_INT64:
      Whole(absl::StrCat(reflection.GetInt64(message, &field)));
      return true;
    case Field::CPPTYPE_UINT32:
      AppendJsonUint(reflection.GetUInt32(message, &field), out_);
      return true;
    case Field::CPPTYPE_UINT64:
      Whole(absl::StrCat(reflection.GetUInt64(message, &field)));
      return true;
    case Field::CPPTYPE_DOUBLE:
      AppendJsonDouble(reflection.GetDouble(message, &field), out_);
      return true;
    case Field::CPPTYPE_FLOAT:
      AppendJsonFloat(reflection.GetFloat(message, &field), out_);
      return true;
    case Field::CPPTYPE_BOOL:
      out_.append(reflection.GetBool(message, &field) ? "true" : "false");
      return true;
    case Field::CPPTYPE_ENUM:
      return Enum(field, EnumNumberOf(message, field));
    case Field::CPPTYPE_STRING: {
      std::string scratch;
      return String(field, reflection.GetStringReference(message, &field, &scratch));
    }
    case Field::CPPTYPE_MESSAGE:
      return Json(reflection.GetMessage(message, &field), depth + 1);
  }
  return Fail(EventFault::kMalformed, absl::StrCat(field.full_name(), " has no JSON"));
}

bool MessagePrinter::Element(const Message& message, const Field& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (CppTypeOf(field)) {
    case Field::CPPTYPE_INT32:
      AppendJsonInt(reflection.GetRepeatedInt32(message, &field, index), out_);
      return true;
    case Field::CPPTYPE_INT64:
      Whole(absl::StrCat(reflection.GetRepeatedInt64(message, &field, index)));
      return true;
    case Field::CPPTYPE_UINT32:
      AppendJsonUint(reflection.GetRepeatedUInt32(message, &field, index), out_);
      return true;
    case Field::CPPTYPE_UINT64:
      Whole(absl::StrCat(reflection.GetRepeatedUInt64(message, &field, index)));
      return true;
    case Field::CPPTYPE_DOUBLE:
      AppendJsonDouble(reflection.GetRepeatedDouble(message, &field, index), out_);
      return true;
    case Field::CPPTYPE_FLOAT:
      AppendJsonFloat(reflection.GetRepeatedFloat(message, &field, index), out_);
      return true;
    case Field::CPPTYPE_BOOL:
      out_.append(reflection.GetRepeatedBool(message, &field, index) ? "true" : "false");
      return true;
    case Field::CPPTYPE_ENUM:
      return Enum(field, EnumNumberOf(message, field, index));
    case Field::CPPTYPE_STRING: {
      std::string scratch;
      return String(field, reflection.GetRepeatedStringReference(message, &field, index, &scratch));
    }
    case Field::CPPTYPE_MESSAGE:
      break;  // List writes these, with their depth
  }
  return Fail(EventFault::kMalformed, absl::StrCat(field.full_name(), " has no JSON"));
}

bool MessagePrinter::List(const Message& message, const Field& field, int depth) {
  const Reflection& reflection = *message.GetReflection();
  const bool of_messages = field.cpp_type() == Field::CPPTYPE_MESSAGE;
  const int size = reflection.FieldSize(message, &field);
  out_.push_back('[');
  for (int i = 0; i < size; ++i) {
    if (i > 0) out_.push_back(',');
    const bool ok = of_messages ? Json(reflection.GetRepeatedMessage(message, &field, i), depth + 1)
                                : Element(message, field, i);
    if (!ok) return false;
  }
  out_.push_back(']');
  return true;
}

bool MessagePrinter::Map(const Message& message, const Field& field, int depth) {
  const Reflection& reflection = *message.GetReflection();
  const Field& key = *field.message_type()->map_key();
  const Field& value = *field.message_type()->map_value();
  // On the wire a key may come twice: the last one counts, and JSON must not have both.
  std::vector<std::pair<std::string, int>> order;
  const int size = reflection.FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    unknown_fields_ += UnknownFieldsIn(entry);
    if (!HasUnknownValue(entry, value)) order.emplace_back(KeyText(entry, key), i);
  }
  std::sort(order.begin(), order.end());
  out_.push_back('{');
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && order[i].first == order[i + 1].first) continue;
    Comma('{');
    if (!AppendJsonString(order[i].first, out_)) {
      return Fail(EventFault::kNotUtf8,
                  absl::StrCat("a key of ", field.full_name(), " is not valid UTF-8"));
    }
    out_.push_back(':');
    // An entry is a message of its own on the wire.
    if (!Single(reflection.GetRepeatedMessage(message, &field, order[i].second), value,
                depth + 1)) {
      return false;
    }
  }
  out_.push_back('}');
  return true;
}

bool MessagePrinter::Enum(const Field& field, int number) {
  const google::protobuf::EnumDescriptor& type = *EnumTypeOf(field);
  if (IsNullValue(type)) {
    out_.append("null");
    return true;
  }
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr || options_.json.enums_as_numbers) {
    AppendJsonInt(number, out_);
  } else {
    out_.append(JsonString(JsonNameOf(*value)));
  }
  return true;
}

bool MessagePrinter::String(const Field& field, const std::string& text) {
  if (field.type() == Field::TYPE_BYTES) {
    AppendJsonBase64(text, out_);
    return true;
  }
  if (AppendJsonString(text, out_)) return true;
  return Fail(EventFault::kNotUtf8, absl::StrCat(field.full_name(), " is not valid UTF-8"));
}

}  // namespace sluice
