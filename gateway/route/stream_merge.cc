// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_merge.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownFieldSet;

namespace {

bool IsMergedInside(const FieldDescriptor& field) {
  return !field.is_repeated() && field.message_type() != nullptr &&
         field.message_type() != google::protobuf::Duration::descriptor();
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
  if (level.has_event() && level.has_event_name()) {
    problems_.push_back(
        {where, "event_name: stands beside `event`; a stream has one of them, never both"});
  }
  if (level.has_event()) options_.clear_event_name();
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
    const std::string name =
        prefix.empty() ? field->name() : absl::StrCat(prefix, ".", field->name());
    said_at_[name] = where;
    if (IsMergedInside(*field)) {
      MergeMessage(reflection.GetMessage(from, field),
                   *to.GetReflection()->MutableMessage(&to, field), name, where);
    } else {
      ReplaceField(*field, from, to);
    }
  }
}

std::string StreamMerge::WhereOf(absl::string_view field) const {
  const auto found = said_at_.find(field);
  return found == said_at_.end() ? "" : found->second;
}

}  // namespace sluice
