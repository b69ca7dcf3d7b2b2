// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/second_look.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/utf8.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/http_body.h"
#include "gateway/transcode/message_printer.h"
#include "gateway/transcode/well_known.h"
#include "google/protobuf/arena.h"

namespace sluice {
namespace {

using google::protobuf::Arena;
using google::protobuf::ArenaOptions;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Holds a message of ordinary size without asking for memory.
constexpr size_t kArenaBytes = 4096;

ArenaOptions ArenaIn(char* buffer) {
  ArenaOptions options;
  options.initial_block = buffer;
  options.initial_block_size = kArenaBytes;
  return options;
}

// The value of a field as the raw text of an event's id; nothing where it makes none.
std::optional<std::string> IdOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (CppTypeOf(field)) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = reflection.GetString(message, &field);
      if (text.empty()) return {};
      return text;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = EnumNumberOf(message, field);
      const auto* value = EnumTypeOf(field)->FindValueByNumber(number);
      return value != nullptr ? value->name() : absl::StrCat(number);
    }
    default:
      return {};
  }
}

std::string StringField(const Message& message, int number) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByNumber(number);
  return message.GetReflection()->GetString(message, field);
}

}  // namespace

SecondLook::SecondLook(const Options& options, const DynamicTypes& types, const EventNaming& naming)
    : options_(options),
      types_(types),
      naming_(naming),
      prototype_(types.Prototype(*options.type)),
      can_lack_required_(CanLackRequired(*options.type)) {}

absl::Status SecondLook::Parse(absl::string_view wire, Message& message) const {
  absl::Status status = ParseStrictly(wire, options_.max_depth, message);
  if (status.ok() && can_lack_required_) status = CheckInitialized(message);
  return status;
}

void SecondLook::SetBody(const Message& body, TranscodedEvent& event) const {
  event.data = StringField(body, 2);
  event.is_raw = true;
  const bool is_text = IsTextType(StringField(body, 1)) && IsValidUtf8(event.data) &&
                       event.data.find('\0') == std::string::npos;
  if (!is_text) event.data = absl::Base64Escape(event.data);
}

absl::Status SecondLook::SetPayload(const Message& message, const Field* member,
                                    TranscodedEvent& event) const {
  const Field* field = options_.body != nullptr ? options_.body : member;
  const bool is_message =
      field == nullptr || (field->message_type() != nullptr && !field->is_repeated());
  const Descriptor& type = field != nullptr && is_message ? *field->message_type() : *options_.type;
  if (is_message && IsHttpBody(type)) {
    SetBody(field != nullptr ? message.GetReflection()->GetMessage(message, field) : message,
            event);
    return absl::OkStatus();
  }
  MessagePrinter printer({types_, options_.max_depth, options_.json}, event.data);
  const absl::Status status =
      field != nullptr ? printer.PrintValue(message, *field) : printer.Print(message);
  event.unknown_fields = printer.unknown_fields();
  return status;
}

void SecondLook::SetId(const Message& message, TranscodedEvent& event) const {
  const Message* at = &message;
  for (const Field* field : options_.id_field.fields()) {
    if (field->is_repeated()) return;
    const Reflection& reflection = *at->GetReflection();
    if (HasPresence(*field) && !reflection.HasField(*at, field)) return;
    if (field == &options_.id_field.last()) {
      std::optional<std::string> id = IdOf(*at, *field);
      event.has_id = id.has_value();
      if (id) event.id = *std::move(id);
      return;
    }
    at = &reflection.GetMessage(*at, field);
  }
}

const Descriptor* SecondLook::HeldType(const Message& message) const {
  return naming_.needs_held_type() ? types_.FindByUrl(StringField(message, 1)) : nullptr;
}

absl::Status SecondLook::Transcode(absl::string_view wire, TranscodedEvent& event) const {
  alignas(8) char buffer[kArenaBytes];
  Arena arena(ArenaIn(buffer));
  Message& message = *prototype_.New(&arena);
  absl::Status status = Parse(wire, message);
  if (!status.ok()) return status;
  const Field* member = naming_.PayloadOf(message);
  status = SetPayload(message, member, event);
  if (!status.ok()) return status;
  event.name = naming_.NameOf(member, HeldType(message));
  SetId(message, event);
  return absl::OkStatus();
}

absl::Status SecondLook::ReadBody(absl::string_view wire, Body& body) const {
  alignas(8) char buffer[kArenaBytes];
  Arena arena(ArenaIn(buffer));
  Message& message = *prototype_.New(&arena);
  const absl::Status status = Parse(wire, message);
  if (!status.ok()) return status;
  const Message& held = options_.body != nullptr
                            ? message.GetReflection()->GetMessage(message, options_.body)
                            : message;
  body = {StringField(held, 1), StringField(held, 2)};
  return absl::OkStatus();
}

}  // namespace sluice
