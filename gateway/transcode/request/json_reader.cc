// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/json_reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/nearest_name.h"
#include "gateway/schema/shown.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

constexpr char kTypeMember[] = "@type";
constexpr char kValueMember[] = "value";

// Adds a step to a path and takes it away again.
class Step final {
 public:
  Step(std::string& path, absl::string_view step) : path_(path), before_(path.size()) {
    absl::StrAppend(&path, step);
  }
  ~Step() { path_.resize(before_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::string& path_;
  const size_t before_;
};

// null is a value of these; everywhere else it means that the field is not given.
bool TakesNull(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return IsNullValue(*field.enum_type());
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
  return absl::InvalidArgumentError(path_.empty() ? absl::StrCat("the body: ", what)
                                                  : absl::StrCat("\"", path_, "\": ", what));
}

absl::Status JsonReader::Unfit(const Json& json, absl::string_view wanted) const {
  return Fault(absl::StrCat("its ", json.type_name(), " is not ", wanted));
}

absl::Status JsonReader::Read(const Json& json, Message& message) {
  path_.clear();
  return ReadMessage(json, message, 1);
}

absl::Status JsonReader::ReadMessage(const Json& json, Message& message, int depth) {
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
    case WellKnown::kFieldMask: {
      if (!json.is_string()) return Unfit(json, absl::StrCat("a string, as a ", type.full_name()));
      const absl::Status put = PutMessageText(json.get_ref<const std::string&>(), message);
      return put.ok() ? put : Fault(put.message());
    }
    case WellKnown::kNone:
      break;
  }
  if (!json.is_object()) {
    return Unfit(json, absl::StrCat("an object, as a ", type.full_name()));
  }
  return ReadObject(json, message, depth);
}

absl::Status JsonReader::CheckMember(const Field* field, const std::string& name,
                                     const Message& message, std::set<const Field*>& seen) {
  if (field == nullptr) {
    const Descriptor& type = *message.GetDescriptor();
    const std::string nearest = NearestName(name, JsonNames(type));
    return Fault(
        absl::StrCat("no such field in ", type.full_name(),
                     nearest.empty() ? "" : absl::StrCat("; did you mean \"", nearest, "\"?")));
  }
  if (!seen.insert(field).second) {
    return Fault(absl::StrCat("comes twice, as \"", field->name(), "\" and as \"",
                              field->json_name(), "\""));
  }
  const auto* oneof = field->real_containing_oneof();
  if (oneof == nullptr) return absl::OkStatus();
  for (const Field* other : seen) {
    if (other != field && other->real_containing_oneof() == oneof) {
      return Fault(absl::StrCat("only one of \"", other->json_name(), "\" and \"",
                                field->json_name(), "\" can be set"));
    }
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadObject(const Json& json, Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  std::set<const Field*> seen;
  for (const auto& [name, value] : json.items()) {
    const Step step(path_, absl::StrCat(path_.empty() ? "" : ".", Shown(name)));
    const Field* field = FindField(type, name);
    if (field != nullptr && value.is_null() && !TakesNull(*field)) continue;
    absl::Status status = CheckMember(field, name, message, seen);
    if (status.ok()) status = ReadField(value, FieldSlot(message, *field), depth);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadField(const Json& json, FieldSlot slot, int depth) {
  if (slot.field().is_map()) return ReadMap(json, slot, depth);
  if (slot.field().is_repeated()) return ReadList(json, slot, depth);
  return ReadSingle(json, slot, depth);
}

absl::Status JsonReader::ReadList(const Json& json, FieldSlot slot, int depth) {
  if (!json.is_array()) return Unfit(json, "an array");
  for (size_t i = 0; i < json.size(); ++i) {
    const Step step(path_, absl::StrCat("[", i, "]"));
    const absl::Status status = ReadSingle(json[i], slot, depth);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadMap(const Json& json, FieldSlot slot, int depth) {
  if (!json.is_object()) return Unfit(json, "an object, as a map");
  const Descriptor& entry_type = *slot.field().message_type();
  for (const auto& [name, value] : json.items()) {
    const Step step(path_, absl::StrCat(path_.empty() ? "" : ".", Shown(name)));
    Message& entry = slot.PutMessage();
    const absl::Status key = FieldSlot(entry, *entry_type.map_key()).PutText(name);
    if (!key.ok()) return Fault(absl::StrCat("as a key, ", key.message()));
    // An entry is a message of its own on the wire.
    const absl::Status status =
        ReadSingle(value, FieldSlot(entry, *entry_type.map_value()), depth + 1);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonReader::ReadSingle(const Json& json, FieldSlot slot, int depth) {
  const Field& field = slot.field();
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
    return ReadMessage(json, slot.PutMessage(), depth + 1);
  }
  absl::Status put;
  switch (json.type()) {
    case Json::value_t::string:
      if (field.cpp_type() == Field::CPPTYPE_BOOL) return Unfit(json, TypeWords(field));
      put = slot.PutText(json.get_ref<const std::string&>());
      break;
    case Json::value_t::boolean:
      put = slot.PutBool(json.get<bool>());
      break;
    case Json::value_t::number_integer:
      put = slot.PutInt(json.get<int64_t>());
      break;
    case Json::value_t::number_unsigned:
      put = slot.PutUint(json.get<uint64_t>());
      break;
    case Json::value_t::number_float:
      put = slot.PutDouble(json.get<double>());
      break;
    case Json::value_t::null:
      if (field.cpp_type() != Field::CPPTYPE_ENUM || !IsNullValue(*field.enum_type())) {
        return Unfit(json, TypeWords(field));
      }
      put = slot.PutInt(0);
      break;
    default:
      return Unfit(json, TypeWords(field));
  }
  return put.ok() ? put : Fault(put.message());
}

absl::Status JsonReader::ReadAny(const Json& json, Message& any, int depth) {
  if (!json.is_object()) return Unfit(json, "an object, as a google.protobuf.Any");
  if (json.empty()) return absl::OkStatus();
  const auto url = json.find(kTypeMember);
  if (url == json.end() || !url->is_string()) {
    return Fault("a google.protobuf.Any needs the member \"@type\", a string");
  }
  const std::string& type_url = url->get_ref<const std::string&>();
  const Descriptor* type = types_.FindByUrl(type_url);
  if (type == nullptr) {
    return Fault(absl::StrCat("the schema has no type \"", Shown(type_url), "\""));
  }
  const std::unique_ptr<Message> content(types_.Prototype(*type).New());
  Json rest = json;
  rest.erase(kTypeMember);
  absl::Status status;
  if (depth >= max_depth_) {
    status = Fault(absl::StrCat("lies more than ", max_depth_, " messages deep"));
  } else if (WellKnownOf(*type) == WellKnown::kNone) {
    status = ReadObject(rest, *content, depth + 1);
  } else if (rest.size() != 1 || !rest.contains(kValueMember)) {
    status = Fault(absl::StrCat("a ", type->full_name(),
                                " in a google.protobuf.Any is \"@type\" "
                                "and \"value\", nothing else"));
  } else {
    const Step step(path_, path_.empty() ? "value" : ".value");
    status = ReadMessage(rest[kValueMember], *content, depth + 1);
  }
  if (!status.ok()) return status;
  const Descriptor& any_type = *any.GetDescriptor();
  const Reflection& reflection = *any.GetReflection();
  reflection.SetString(&any, any_type.FindFieldByNumber(1), type_url);
  reflection.SetString(&any, any_type.FindFieldByNumber(2), DeterministicWire(*content));
  return absl::OkStatus();
}

absl::Status JsonReader::ReadValue(const Json& json, Message& value, int depth) {
  enum { kNull = 1, kNumber = 2, kString = 3, kBool = 4, kStruct = 5, kList = 6 };
  int number = kNull;
  if (json.is_number()) number = kNumber;
  if (json.is_string()) number = kString;
  if (json.is_boolean()) number = kBool;
  if (json.is_object()) number = kStruct;
  if (json.is_array()) number = kList;
  const Field& field = *value.GetDescriptor()->FindFieldByNumber(number);
  return ReadSingle(json, FieldSlot(value, field), depth);
}

}  // namespace sluice
