// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/event_naming.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/sse/event_name.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sluice::v1::StreamOptions;

// `user_connected` ⇒ `UserConnected`. A name of underscores alone stays: an empty one is none.
std::string UpperCamelCase(const std::string& name) {
  std::string camel;
  bool raise = true;
  for (const char character : name) {
    if (character == '_') {
      raise = true;
      continue;
    }
    camel.push_back(raise ? absl::ascii_toupper(static_cast<unsigned char>(character)) : character);
    raise = false;
  }
  return camel.empty() ? name : camel;
}

}  // namespace

EventNaming::EventNaming(const Descriptor& type, StreamOptions::Event event,
                         const std::string& fixed_name) {
  if (!fixed_name.empty()) {
    name_ = fixed_name;
    return;
  }
  if (event == StreamOptions::NONE) return;
  const WellKnown well_known = WellKnownOf(type);
  const std::string& own_name = event == StreamOptions::FULL ? type.full_name() : type.name();
  name_ = ListenableName(own_name);
  if (name_ != own_name && well_known == WellKnown::kNone) renamed_type_ = own_name;
  if (well_known == WellKnown::kAny) {
    kind_ = event == StreamOptions::FULL ? Kind::kHeldFull : Kind::kHeldShort;
    deciding_field_ = type.FindFieldByNumber(1);
  } else if (event == StreamOptions::ONEOF && well_known == WellKnown::kNone &&
             type.real_oneof_decl_count() == 1) {
    kind_ = Kind::kMember;
    oneof_ = type.oneof_decl(0);
    deciding_field_ = oneof_->field(0);
    for (int i = 0; i < oneof_->field_count(); ++i) {
      member_names_[oneof_->field(i)] = UpperCamelCase(oneof_->field(i)->name());
    }
  }
}

const FieldDescriptor* EventNaming::PayloadOf(const Message& message) const {
  if (kind_ != Kind::kMember) return nullptr;
  return message.GetReflection()->GetOneofFieldDescriptor(message, oneof_);
}

const std::string& EventNaming::NameOf(const FieldDescriptor* member,
                                       const Descriptor* held) const {
  if (member != nullptr) return member_names_.at(member);
  if (held != nullptr && kind_ == Kind::kHeldShort) return ListenableName(held->name());
  if (held != nullptr && kind_ == Kind::kHeldFull) return ListenableName(held->full_name());
  return name_;
}

std::vector<EventNaming::Event> EventNaming::AllEvents() const {
  std::vector<Event> events;
  if (kind_ == Kind::kMember) {
    for (int i = 0; i < oneof_->field_count(); ++i) {
      events.push_back({member_names_.at(oneof_->field(i)), oneof_->field(i)});
    }
  }
  events.push_back({needs_held_type() ? "" : name_, nullptr});
  return events;
}

std::vector<std::string> EventNaming::Remarks() const {
  std::vector<std::string> remarks;
  if (!renamed_type_.empty()) {
    remarks.push_back(absl::StrCat("events of type ", renamed_type_, " are named ", name_, ": ",
                                   renamed_type_, " means something else to EventSource"));
  }
  std::map<std::string, std::string> member_of;  // by name
  for (const Event& event : AllEvents()) {
    if (event.payload == nullptr) continue;
    const std::string& member = event.payload->name();
    const auto [at, is_new] = member_of.try_emplace(event.name, member);
    if (is_new) continue;
    remarks.push_back(absl::StrCat("events of the members ", at->second, " and ", member,
                                   " have one name, ", event.name));
  }
  return remarks;
}

std::vector<std::string> EventNaming::AllNames() const {
  std::vector<std::string> names;
  for (const Event& event : AllEvents()) {
    if (!event.name.empty()) names.push_back(event.name);
  }
  return names;
}

}  // namespace sluice
