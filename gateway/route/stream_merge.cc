// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_merge.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "gateway/config/field_value.h"
#include "gateway/config/presets.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownFieldSet;

namespace {

bool IsMergedInside(const FieldDescriptor& field) { return !field.is_repeated() && !IsText(field); }

std::string NameBelow(const std::string& prefix, const FieldDescriptor& field) {
  return prefix.empty() ? field.name() : absl::StrCat(prefix, ".", field.name());
}

// A field of `from`, which replaces that of `to` with all that is in it.
void ReplaceField(const FieldDescriptor& field, const Message& from, Message& to) {
  const std::unique_ptr<Message> one(from.New());
  one->CopyFrom(from);
  std::vector<const FieldDescriptor*> fields;
  one->GetReflection()->ListFields(*one, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != &field) one->GetReflection()->ClearField(one.get(), other);
  }
  one->GetReflection()->MutableUnknownFields(one.get())->Clear();
  to.GetReflection()->ClearField(&to, &field);
  to.MergeFrom(*one);
}

}  // namespace

void StreamMerge::Add(const std::string& where, const sluice::v1::StreamOptions& level) {
  const bool has_event = level.event() != sluice::v1::StreamOptions::EVENT_UNSPECIFIED;
  if (has_event && level.has_event_name()) {
    problems_.push_back(
        {where, "event_name: stands beside `event`; a stream has one of them, never both"});
  }
  if (has_event) options_.clear_event_name();
  if (level.has_event_name()) options_.clear_event();
  MergeMessage(level, options_, "", where);
}

void StreamMerge::MergeMessage(const Message& from, Message& to, const std::string& prefix,
                               const std::string& where) {
  const Reflection& reflection = *from.GetReflection();
  const UnknownFieldSet& unknown = reflection.GetUnknownFields(from);
  if (!unknown.empty()) {
    problems_.push_back(
        {where, absl::StrCat(prefix.empty() ? "stream" : prefix, ": has a field with the number ",
                             unknown.field(0).number(),
                             ", which this version does not know; it needs a newer one")});
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(from, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = NameBelow(prefix, *field);
    if (!IsSaid(*field, from, name, where)) continue;
    said_at_[name] = where;
    if (IsMergedInside(*field)) {
      MergeMessage(reflection.GetMessage(from, field),
                   *to.GetReflection()->MutableMessage(&to, field), name, where);
    } else {
      ReplaceField(*field, from, to);
    }
  }
}

bool StreamMerge::IsSaid(const FieldDescriptor& field, const Message& from, const std::string& name,
                         const std::string& where) {
  if (field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return true;
  const int value = from.GetReflection()->GetEnumValue(from, &field);
  if (value == 0) return false;
  if (field.enum_type()->FindValueByNumber(value) != nullptr) return true;
  problems_.push_back(
      {where, absl::StrCat(name, ": is ", value, ", which this version does not know; write ",
                           AllowedText(field))});
  return false;
}

sluice::v1::StreamOptions StreamMerge::WithPresets() const {
  sluice::v1::StreamOptions all = options_;
  FillPresets(all);
  if (all.has_event_name()) all.clear_event();
  return all;
}

std::string StreamMerge::WhereOf(absl::string_view field) const {
  const auto found = said_at_.find(field);
  return found == said_at_.end() ? "" : found->second;
}

std::map<std::string, std::string> StreamMerge::Origins() const {
  std::map<std::string, std::string> origins;
  NoteOrigins(WithPresets(), "", origins);
  return origins;
}

void StreamMerge::NoteOrigins(const Message& message, const std::string& prefix,
                              std::map<std::string, std::string>& origins) const {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string name = NameBelow(prefix, field);
    if (!field.is_repeated() && !reflection.HasField(message, &field)) continue;
    if (IsMergedInside(field)) {
      NoteOrigins(reflection.GetMessage(message, &field), name, origins);
    } else {
      const std::string where = WhereOf(name);
      origins[name] = where.empty() ? "default" : where;
    }
  }
}

}  // namespace sluice
