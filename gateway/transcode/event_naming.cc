// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/event_naming.h"

#include "absl/strings/ascii.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sluice::v1::StreamOptions;

// `user_connected` ⇒ `UserConnected`.
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
  return camel;
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
  name_ = event == StreamOptions::FULL ? type.full_name() : type.name();
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
  if (held != nullptr && kind_ == Kind::kHeldShort) return held->name();
  if (held != nullptr && kind_ == Kind::kHeldFull) return held->full_name();
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

std::vector<std::string> EventNaming::AllNames() const {
  std::vector<std::string> names;
  for (const Event& event : AllEvents()) {
    if (!event.name.empty()) names.push_back(event.name);
  }
  return names;
}

}  // namespace sluice
