// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/json_reader.h"

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/text/nearest_name.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kTypeMember = "@type";
constexpr absl::string_view kValueMember = "value";
constexpr size_t kMaxNamedFields = 16;

// Adds a member to a JSON pointer and takes it away again.
class Step final {
 public:
  Step(std::string& pointer, absl::string_view name) : pointer_(pointer), before_(pointer.size()) {
    AppendToPointer(name, pointer);
  }
  ~Step() { pointer_.resize(before_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::string& pointer_;
  const size_t before_;
};

// null is a value of these; everywhere else it means that the field is not given.
bool TakesNull(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  if (const auto* type = EnumTypeOf(field)) return IsNullValue(*type);
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         WellKnownOf(*field.message_type()) == WellKnown::kValue;
}

std::vector<std::string> JsonNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->json_name());
  return names;
}

}  // namespace

absl::Status JsonReader::Fault(absl::string_view what) const {
  const std::string place =
      pointer_.empty() ? std::string(root_) : absl::StrCat("\"", Shown(pointer_), "\"");
  return absl::InvalidArgumentError(absl::StrCat(place, place.empty() ? "" : ": ", what));
}

absl::Status JsonReader::Unfit(JsonValue json, absl::string_view wanted) const {
  return Fault(absl::StrCat(json.Shown(), " is not ", wanted));
}

absl::Status JsonReader::NoSuchField(absl::string_view name, const Descriptor& type) const {
  const std::string nearest = NearestName(name, JsonNames(type));
  return Fault(
      absl::StrCat("no such field in ", type.full_name(),
                   nearest.empty() ? "" : absl::StrCat("; did you mean \"", nearest, "\"?")));
}

absl::Status JsonReader::Read(JsonValue json, Message& message) {
  pointer_.clear();
  return ReadMessage(json, message, 1);
}

absl::Status JsonReader::ReadMessage(JsonValue json, Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  if (depth > max_depth_) {
    return Fault(absl::StrCat("lies more than ", max_depth_, " messages deep"));
  }
  switch (WellKnownOf(type)) {
    case WellKnown::kAny:
      return ReadAny(json, message, depth);
    case WellKnown::kValue:
      return ReadValue(json, message, depth);
    case WellKnown::kWrapper:
      return ReadSingle(json, FieldSlot(message, *type.FindFieldByNumber(1)), depth);
    case WellKnown::kStruct:
      return ReadMap(json, FieldSlot(message, *type.FindFieldByNumber(1)), depth);
    case WellKnown::kListValue:
      return ReadList(json, FieldSlot(message, *type.FindFieldByNumber(1)), depth);
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
    case WellKnown::kFieldMask:
      return ReadText(json, message);
    case WellKnown::kNone:
      break;
  }
  return ReadObject(json, message, depth, "");
}

absl::Status JsonReader::ReadText(JsonValue json, Message& message) {
  if (json.kind() != Kind::kString) {
    return Unfit(json, absl::StrCat("a string, as a ", message.GetDescriptor()->full_name()));
  }
  const absl::Status put = PutMessageText(json.text(), message);
  return put.ok() ? put : Fault(put.message());
}

absl::Status JsonReader::ReadObject(JsonValue json, Message& message, int depth,
                                    absl::string_view besides) {
  const Descriptor& type = *message.GetDescriptor();
  if (json.kind() != Kind::kObject) {
    return Unfit(json, absl::StrCat("an object, as a ", type.full_name()));
  }
  std::set<const Field*> seen;
  JsonValue name = json.First();
  for (size_t i = 0; i < json.size(); ++i, name = name.Next().Next()) {
    if (!besides.empty() && name.text() == besides) continue;
    const Step step(pointer_, name.text());
    const Field* field = FindField(type, name.text());
    if (field == nullptr) return NoSuchField(name.text(), type);
    if (!seen.insert(field).second) {
      return Fault(absl::StrCat("comes twice, as \"", field->name(), "\" and as \"",
                                field->json_name(), "\""));
    }
    const JsonValue value = name.Next();
    if (value.kind() == Kind::kNull && !TakesNull(*field)) continue;
    const absl::Status status = ReadMember(*field, value, message, depth);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadMember(const Field& field, JsonValue json, Message& message,
                                    int depth) {
  const auto* oneof = field.real_containing_oneof();
  if (oneof != nullptr) {
    const Field* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    if (other != nullptr) {
      return Fault(absl::StrCat("only one of \"", other->json_name(), "\" and \"",
                                field.json_name(), "\" can be set"));
    }
  }
  return ReadField(json, FieldSlot(message, field), depth);
}

absl::Status JsonReader::ReadField(JsonValue json, FieldSlot slot, int depth) {
  if (slot.field().is_map()) return ReadMap(json, slot, depth);
  if (slot.field().is_repeated()) return ReadList(json, slot, depth);
  return ReadSingle(json, slot, depth);
}

absl::Status JsonReader::ReadList(JsonValue json, FieldSlot slot, int depth) {
  if (json.kind() != Kind::kArray) return Unfit(json, "an array");
  JsonValue element = json.First();
  for (size_t i = 0; i < json.size(); ++i, element = element.Next()) {
    const Step step(pointer_, absl::StrCat(i));
    const absl::Status status = ReadSingle(element, slot, depth);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadMap(JsonValue json, FieldSlot slot, int depth) {
  if (json.kind() != Kind::kObject) return Unfit(json, "an object, as a map");
  JsonValue name = json.First();
  for (size_t i = 0; i < json.size(); ++i, name = name.Next().Next()) {
    const Step step(pointer_, name.text());
    // An entry is a message of its own on the wire.
    const absl::Status status = ReadEntry(name.text(), name.Next(), slot.PutMessage(), depth + 1);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadEntry(absl::string_view name, JsonValue json, Message& entry,
                                   int depth) {
  const absl::Status put = PutMapKey(name, entry);
  if (!put.ok()) return Fault(put.message());
  return ReadSingle(json, FieldSlot(entry, *entry.GetDescriptor()->map_value()), depth);
}

absl::Status JsonReader::ReadSingle(JsonValue json, FieldSlot slot, int depth) {
  const Field& field = slot.field();
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
    return ReadMessage(json, slot.PutMessage(), depth + 1);
  }
  absl::Status put;
  switch (json.kind()) {
    case Kind::kString:
      if (field.cpp_type() == Field::CPPTYPE_BOOL) return Unfit(json, TypeWords(field));
      put = slot.PutText(json.text());
      break;
    case Kind::kBool:
      put = slot.PutBool(json.boolean());
      break;
    case Kind::kNumber:
      put = slot.PutNumber(json.text());
      break;
    case Kind::kNull: {
      const auto* type = EnumTypeOf(field);
      if (type == nullptr || !IsNullValue(*type)) return Unfit(json, TypeWords(field));
      put = slot.PutNumber("0");
      break;
    }
    default:
      return Unfit(json, TypeWords(field));
  }
  return put.ok() ? put : Fault(put.message());
}

absl::Status JsonReader::ReadAny(JsonValue json, Message& any, int depth) {
  if (json.kind() != Kind::kObject) return Unfit(json, "an object, as a google.protobuf.Any");
  if (json.size() == 0) return absl::OkStatus();
  const std::optional<JsonValue> url = json.Find(kTypeMember);
  if (!url || url->kind() != Kind::kString) {
    return Fault("a google.protobuf.Any needs the member \"@type\", a string");
  }
  const Descriptor* type = types_.FindByUrl(url->text());
  if (type == nullptr) {
    return Fault(absl::StrCat("the schema has no type \"", Shown(url->text()), "\""));
  }
  const std::unique_ptr<Message> content(types_.Prototype(*type).New());
  const absl::Status status = ReadContent(json, *content, depth + 1);
  if (!status.ok()) return status;
  const Descriptor& any_type = *any.GetDescriptor();
  const Reflection& reflection = *any.GetReflection();
  reflection.SetString(&any, any_type.FindFieldByNumber(1), std::string(url->text()));
  reflection.SetString(&any, any_type.FindFieldByNumber(2), DeterministicWire(*content));
  return absl::OkStatus();
}

// What an Any holds: its fields stand beside "@type", or its JSON in "value" where that is not an
// object of its fields.
absl::Status JsonReader::ReadContent(JsonValue json, Message& content, int depth) {
  const Descriptor& type = *content.GetDescriptor();
  if (depth > max_depth_) {
    return Fault(absl::StrCat("lies more than ", max_depth_, " messages deep"));
  }
  absl::Status status;
  if (WellKnownOf(type) == WellKnown::kNone) {
    status = ReadObject(json, content, depth, kTypeMember);
  } else {
    const std::optional<JsonValue> value = json.Find(kValueMember);
    if (json.size() != 2 || !value) {
      return Fault(absl::StrCat("a ", type.full_name(),
                                " in a google.protobuf.Any is \"@type\" and \"value\", nothing "
                                "else"));
    }
    const Step step(pointer_, kValueMember);
    status = ReadMessage(*value, content, depth);
  }
  if (!status.ok() || content.IsInitialized()) return status;
  // Behind the bytes of an Any nobody looks for them again.
  std::vector<std::string> missing;
  content.FindInitializationErrors(&missing);
  if (missing.size() > kMaxNamedFields) missing.resize(kMaxNamedFields);
  return Fault(absl::StrCat("lacks required fields of ", type.full_name(), ": \"",
                            absl::StrJoin(missing, "\", \""), "\""));
}

absl::Status JsonReader::ReadValue(JsonValue json, Message& value, int depth) {
  int number = 0;
  switch (json.kind()) {
    case Kind::kNull:
      number = 1;
      break;
    case Kind::kNumber:
      number = 2;
      break;
    case Kind::kString:
      number = 3;
      break;
    case Kind::kBool:
      number = 4;
      break;
    case Kind::kObject:
      number = 5;
      break;
    case Kind::kArray:
      number = 6;
      break;
  }
  return ReadSingle(json, FieldSlot(value, *value.GetDescriptor()->FindFieldByNumber(number)),
                    depth);
}

}  // namespace sluice
