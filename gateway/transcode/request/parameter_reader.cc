// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/parameter_reader.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/transcode/request/json_document.h"
#include "gateway/transcode/request/json_reader.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kShownBytes = 100;

absl::Status Fault(absl::string_view what) { return absl::InvalidArgumentError(what); }

bool TakesJson(const FieldDescriptor& field) {
  if (field.is_map()) return true;
  if (field.message_type() == nullptr) return false;
  switch (WellKnownOf(*field.message_type())) {
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
    case WellKnown::kFieldMask:
    case WellKnown::kWrapper:
      return false;
    default:
      return true;
  }
}

// An array is a value of these, so that as a parameter of a list it is an element, not the list.
bool TakesArray(const FieldDescriptor& field) {
  const WellKnown type = WellKnownOf(*field.message_type());
  return type == WellKnown::kValue || type == WellKnown::kListValue;
}

// How a value of the field can be given.
std::string JsonWords(const FieldDescriptor& field, absl::string_view name) {
  const std::string shown = Shown(name, kShownBytes);
  if (field.is_map()) {
    return absl::StrCat("an object as JSON, or name an entry, such as \"", shown, "[key]\"");
  }
  const Descriptor& type = *field.message_type();
  const std::string one = absl::StrCat("a ", type.full_name(), " as JSON");
  if (field.is_repeated()) {
    return TakesArray(field) ? one : absl::StrCat(one, ", or an array of them");
  }
  switch (WellKnownOf(type)) {
    case WellKnown::kStruct:
      return absl::StrCat(one, ", or name a member, such as \"", shown, "[key]\"");
    case WellKnown::kValue:
      return absl::StrCat(one, ", strings in quotes");
    case WellKnown::kNone:
      if (type.field_count() == 0) return one;
      return absl::StrCat(one, ", or set its fields, such as \"", shown, ".", type.field(0)->name(),
                          "\"");
    default:
      return one;
  }
}

absl::Status CheckOneof(const Message& message, const FieldDescriptor& field) {
  const auto* oneof = field.real_containing_oneof();
  if (oneof == nullptr) return absl::OkStatus();
  const FieldDescriptor* set = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (set == nullptr || set == &field) return absl::OkStatus();
  return Fault(
      absl::StrCat("only one of \"", set->name(), "\" and \"", field.name(), "\" can be set"));
}

absl::Status GivenWhole(absl::string_view name) {
  return Fault(absl::StrCat("is a part of \"", name, "\", which is given as a whole"));
}

}  // namespace

ParameterReader::Given& ParameterReader::Given::At(int number, const std::string& key) {
  std::unique_ptr<Given>& given = inside[{number, key}];
  if (given == nullptr) given = std::make_unique<Given>();
  return *given;
}

absl::Status ParameterReader::Set(absl::string_view name, absl::string_view value) {
  const absl::StatusOr<ParameterPath> path =
      ParameterPath::Resolve(*message_.GetDescriptor(), name, max_depth_);
  if (!path.ok()) return path.status();
  return TakesJson(path->target()) ? SetJson(*path, name, value) : SetWords(*path, value);
}

absl::Status ParameterReader::SetWords(const ParameterPath& path, absl::string_view words) {
  absl::StatusOr<FieldSlot> slot =
      Claim(path, path.target().is_repeated() ? Share::kElement : Share::kWhole);
  return slot.ok() ? slot->PutText(words) : slot.status();
}

absl::Status ParameterReader::SetJson(const ParameterPath& path, absl::string_view name,
                                      absl::string_view text) {
  const FieldDescriptor& field = path.target();
  // A list of messages takes an array and an object for each message.
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text, 2 * max_depth_);
  if (!json.ok()) {
    return Fault(absl::StrCat(text.empty() ? "is empty" : json.status().message(), "; give ",
                              JsonWords(field, name)));
  }
  const bool is_list = field.is_repeated() && !field.is_map();
  const bool is_element =
      is_list && (TakesArray(field) || json->root().kind() != JsonValue::Kind::kArray);
  const absl::StatusOr<FieldSlot> slot = Claim(path, is_element ? Share::kElement : Share::kWhole);
  if (!slot.ok()) return slot.status();
  JsonReader reader(types_, max_depth_, "");
  return is_element ? reader.ReadElement(json->root(), *slot, path.depth())
                    : reader.ReadField(json->root(), *slot, path.depth());
}

absl::StatusOr<FieldSlot> ParameterReader::Claim(const ParameterPath& path, Share share) {
  Message* at = &message_;
  Given* given = &given_;
  const ParameterPath::Step& last = path.steps().back();
  for (const ParameterPath::Step& step : path.steps()) {
    const Field& field = *step.field;
    if (absl::Status status = CheckOneof(*at, field); !status.ok()) return status;
    given = &given->At(field.number(), "");
    if (&step == &last && !step.key.has_value()) break;
    if (given->whole) return GivenWhole(field.name());
    given->in_parts = true;
    if (!step.key.has_value()) {
      at = at->GetReflection()->MutableMessage(at, &field);
      continue;
    }
    given = &given->At(0, *step.key);
    const absl::StatusOr<Message*> entry = FindEntry(step, *at, *given);
    if (!entry.ok()) return entry.status();
    at = *entry;
    if (&step == &last) break;
    if (given->whole) return GivenWhole(absl::StrCat(field.name(), "[", Shown(*step.key), "]"));
    given->in_parts = true;
    at = at->GetReflection()->MutableMessage(at, field.message_type()->map_value());
  }
  if (given->whole) {
    return Fault(share == Share::kElement
                     ? "is given twice, once as an array, which is the whole list"
                     : "is given twice, and takes one value");
  }
  if (share == Share::kWhole && given->in_parts) {
    return Fault("is given as a whole, and another parameter gives a part of it");
  }
  (share == Share::kWhole ? given->whole : given->in_parts) = true;
  return FieldSlot(*at, path.target());
}

absl::StatusOr<Message*> ParameterReader::FindEntry(const ParameterPath::Step& step,
                                                    Message& holder, Given& given) {
  if (given.entry == nullptr) {
    // A list until somebody asks for the map: entries stay where they are.
    Message& entry = FieldSlot(holder, *step.field).PutMessage();
    if (absl::Status put = PutMapKey(*step.key, entry); !put.ok()) return put;
    given.entry = &entry;
  }
  return given.entry;
}

}  // namespace sluice
