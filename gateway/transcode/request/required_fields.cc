// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/required_fields.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::internal::WireFormatLite;

// More than these are not worth naming, and a body of 1 MiB can lack very many.
constexpr size_t kMaxMissing = 64;

// `repeated google.api.FieldBehavior field_behavior = 1052`, and its value REQUIRED.
constexpr int kFieldBehavior = 1052;
constexpr uint32_t kRequired = 2;

// The option is not compiled into us, and where it is unknown it looks like this: packed or not.
bool IsMarkedRequired(const FieldDescriptor& field) {
  const std::string options = field.options().SerializePartialAsString();
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(options.data()),
                                               static_cast<int>(options.size()));
  while (const uint32_t tag = input.ReadTag()) {
    const bool is_behavior = WireFormatLite::GetTagFieldNumber(tag) == kFieldBehavior;
    const auto wire_type = WireFormatLite::GetTagWireType(tag);
    uint32_t value = 0;
    if (is_behavior && wire_type == WireFormatLite::WIRETYPE_VARINT) {
      if (!input.ReadVarint32(&value)) return false;
      if (value == kRequired) return true;
    } else if (is_behavior && wire_type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!input.ReadVarint32(&value)) return false;
      const auto limit = input.PushLimit(static_cast<int>(value));
      while (input.BytesUntilLimit() > 0) {
        if (!input.ReadVarint32(&value)) return false;
        if (value == kRequired) return true;
      }
      input.PopLimit(limit);
    } else if (!WireFormatLite::SkipField(&input, tag)) {
      return false;
    }
  }
  return false;
}

bool IsGiven(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

bool IsGiven(const Message& message, const FieldPath& path) {
  const Message* at = &message;
  for (const FieldDescriptor* field : path.fields()) {
    if (!IsGiven(*at, *field)) return false;
    if (field != &path.last()) at = &at->GetReflection()->GetMessage(*at, field);
  }
  return true;
}

// All types that can occur in a message of `type`, itself first.
std::vector<const Descriptor*> ReachableTypes(const Descriptor& type) {
  std::vector<const Descriptor*> types = {&type};
  std::unordered_set<const Descriptor*> seen = {&type};
  for (size_t next = 0; next < types.size(); ++next) {
    for (int i = 0; i < types[next]->field_count(); ++i) {
      const Descriptor* inner = types[next]->field(i)->message_type();
      if (inner != nullptr && seen.insert(inner).second) types.push_back(inner);
    }
  }
  return types;
}

}  // namespace

bool IsRequired(const FieldDescriptor& field) {
  return field.is_required() || IsMarkedRequired(field);
}

struct RequiredFields::Found {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;

  bool full() const { return names.size() >= kMaxMissing; }
  void Add(const std::string& name) {
    if (!full() && known.insert(name).second) names.push_back(name);
  }
};

RequiredFields::RequiredFields(const Type& type, std::vector<FieldPath> paths)
    : paths_(std::move(paths)) {
  std::unordered_map<const Type*, std::vector<const Type*>> users;  // of a type, by type
  for (const Type* reachable : ReachableTypes(type)) {
    for (int i = 0; i < reachable->field_count(); ++i) {
      const Field& field = *reachable->field(i);
      if (IsRequired(field)) by_type_[reachable].push_back(&field);
      if (field.message_type() != nullptr) users[field.message_type()].push_back(reachable);
    }
  }
  // Whatever leads to a type with required fields must be looked into as well.
  std::vector<const Type*> pending;
  for (const auto& [with_required, fields] : by_type_) pending.push_back(with_required);
  while (!pending.empty()) {
    const Type* const inner = pending.back();
    pending.pop_back();
    for (const Type* user : users[inner]) {
      if (by_type_.try_emplace(user).second) pending.push_back(user);
    }
  }
}

void RequiredFields::VisitField(const Message& message, const Field& field, const std::string& path,
                                Found& found) const {
  const Reflection& reflection = *message.GetReflection();
  const std::string name = absl::StrCat(path, field.name());
  if (!field.is_repeated()) {
    if (reflection.HasField(message, &field)) {
      Visit(reflection.GetMessage(message, &field), absl::StrCat(name, "."), found);
    }
    return;
  }
  const int size = reflection.FieldSize(message, &field);
  for (int i = 0; i < size && !found.full(); ++i) {
    Visit(reflection.GetRepeatedMessage(message, &field, i), absl::StrCat(name, "[", i, "]."),
          found);
  }
}

void RequiredFields::Visit(const Message& message, const std::string& path, Found& found) const {
  const Type& type = *message.GetDescriptor();
  const auto required = by_type_.find(&type);
  if (required == by_type_.end()) return;
  for (const Field* field : required->second) {
    if (!IsGiven(message, *field)) found.Add(absl::StrCat(path, field->name()));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->message_type() != nullptr) VisitField(message, *type.field(i), path, found);
  }
}

std::vector<std::string> RequiredFields::MissingFrom(const Message& message) const {
  Found found;
  for (const FieldPath& path : paths_) {
    if (!IsGiven(message, path)) found.Add(path.ToString());
  }
  Visit(message, "", found);
  return std::move(found.names);
}

}  // namespace sluice
