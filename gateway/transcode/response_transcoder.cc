// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/response_transcoder.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/shown.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/transcode/http_body.h"
#include "gateway/transcode/json_text.h"
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
std::optional<std::string> IdText(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
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
      const int number = reflection.GetEnumValue(message, &field);
      const auto* value = field.enum_type()->FindValueByNumber(number);
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

class ResponseTranscoder::Plan final {
 public:
  explicit Plan(const Options& options)
      : type_(*options.type),
        id_field_(options.id_field),
        max_depth_(options.max_depth),
        types_(*options.type->file()->pool()),
        prototype_(types_.Prototype(*options.type)),
        can_lack_required_(CanLackRequired(*options.type)),
        naming_(*options.type, options.event, options.event_name) {}

  const EventNaming& naming() const { return naming_; }

  absl::Status Transcode(absl::string_view wire, TranscodedEvent& event) const;
  absl::Status TranscodeWhole(absl::string_view wire, Whole& whole) const;

 private:
  absl::Status Parse(absl::string_view wire, Message& message) const;
  absl::Status Print(const Message& message, std::string& out) const;
  absl::Status SetPayload(const Message& message, const FieldDescriptor* member,
                          TranscodedEvent& event) const;
  void SetHttpBody(const Message& body, TranscodedEvent& event) const;
  void SetId(const Message& message, TranscodedEvent& event) const;
  const Descriptor* HeldType(const Message& message) const;
  absl::Status Named(const absl::Status& status) const;

  const Descriptor& type_;
  const FieldPath id_field_;
  const int max_depth_;
  const DynamicTypes types_;
  const Message& prototype_;
  const bool can_lack_required_;
  const EventNaming naming_;
};

absl::Status ResponseTranscoder::Plan::Parse(absl::string_view wire, Message& message) const {
  absl::Status status = ParseStrictly(wire, max_depth_, message);
  if (status.ok() && can_lack_required_) status = CheckInitialized(message);
  return status;
}

// What lies deep in a message is named by its own type: say which message it came in.
absl::Status ResponseTranscoder::Plan::Named(const absl::Status& status) const {
  if (status.ok() || absl::StrContains(status.message(), type_.full_name())) return status;
  return absl::InternalError(absl::StrCat("in a ", type_.full_name(), ", ", status.message()));
}

absl::Status ResponseTranscoder::Plan::Print(const Message& message, std::string& out) const {
  return MessagePrinter({types_, max_depth_}, out).Print(message);
}

void ResponseTranscoder::Plan::SetHttpBody(const Message& body, TranscodedEvent& event) const {
  event.data = StringField(body, 2);
  event.is_text = IsTextType(StringField(body, 1)) && IsValidUtf8(event.data) &&
                  event.data.find('\0') == std::string::npos;
  if (!event.is_text) event.data = absl::Base64Escape(event.data);
}

absl::Status ResponseTranscoder::Plan::SetPayload(const Message& message,
                                                  const FieldDescriptor* member,
                                                  TranscodedEvent& event) const {
  const bool is_scalar = member != nullptr && member->message_type() == nullptr;
  if (is_scalar) {
    return MessagePrinter({types_, max_depth_}, event.data).PrintValue(message, *member);
  }
  const Message& payload =
      member != nullptr ? message.GetReflection()->GetMessage(message, member) : message;
  if (!IsHttpBody(*payload.GetDescriptor())) return Print(payload, event.data);
  SetHttpBody(payload, event);
  return absl::OkStatus();
}

void ResponseTranscoder::Plan::SetId(const Message& message, TranscodedEvent& event) const {
  const Message* at = &message;
  for (const FieldDescriptor* field : id_field_.fields()) {
    if (field->is_repeated()) return;
    const Reflection& reflection = *at->GetReflection();
    if (field->has_presence() && !reflection.HasField(*at, field)) return;
    if (field == &id_field_.last()) {
      std::optional<std::string> id = IdText(*at, *field);
      event.has_id = id.has_value();
      if (id) event.id = *std::move(id);
      return;
    }
    at = &reflection.GetMessage(*at, field);
  }
}

const Descriptor* ResponseTranscoder::Plan::HeldType(const Message& message) const {
  return naming_.needs_held_type() ? types_.FindByUrl(StringField(message, 1)) : nullptr;
}

absl::Status ResponseTranscoder::Plan::Transcode(absl::string_view wire,
                                                 TranscodedEvent& event) const {
  event.name.clear();
  event.data.clear();
  event.id.clear();
  event.is_text = false;
  event.has_id = false;
  alignas(8) char buffer[kArenaBytes];
  Arena arena(ArenaIn(buffer));
  Message& message = *prototype_.New(&arena);
  absl::Status status = Parse(wire, message);
  if (!status.ok()) return Named(status);
  const FieldDescriptor* member = naming_.PayloadOf(message);
  status = SetPayload(message, member, event);
  if (!status.ok()) {
    event.data.clear();
    return Named(status);
  }
  event.name = naming_.NameOf(member, HeldType(message));
  SetId(message, event);
  return absl::OkStatus();
}

absl::Status ResponseTranscoder::Plan::TranscodeWhole(absl::string_view wire, Whole& whole) const {
  whole = Whole();
  alignas(8) char buffer[kArenaBytes];
  Arena arena(ArenaIn(buffer));
  Message& message = *prototype_.New(&arena);
  absl::Status status = Parse(wire, message);
  if (!status.ok()) return Named(status);
  if (IsHttpBody(type_)) {
    const std::string content_type = StringField(message, 1);
    if (!IsSafeContentType(content_type)) {
      return absl::InternalError(absl::StrCat("the content_type of a ", type_.full_name(), ", \"",
                                              Shown(content_type), "\", cannot be a header"));
    }
    whole.content_type = content_type.empty() ? "application/octet-stream" : content_type;
    whole.body = StringField(message, 2);
    return absl::OkStatus();
  }
  status = Print(message, whole.body);
  if (!status.ok()) {
    whole.body.clear();
    return Named(status);
  }
  whole.content_type = "application/json";
  return absl::OkStatus();
}

ResponseTranscoder::ResponseTranscoder(const Options& options)
    : plan_(std::make_unique<const Plan>(options)) {}

ResponseTranscoder::~ResponseTranscoder() = default;

absl::Status ResponseTranscoder::Transcode(absl::string_view wire, TranscodedEvent& event) const {
  return plan_->Transcode(wire, event);
}

absl::Status ResponseTranscoder::TranscodeWhole(absl::string_view wire, Whole& whole) const {
  return plan_->TranscodeWhole(wire, whole);
}

std::vector<std::string> ResponseTranscoder::EventNames() const {
  return plan_->naming().AllNames();
}

}  // namespace sluice
