// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request_message.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/text/shown.h"
#include "gateway/base/text/utf8.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/request/field_slot.h"
#include "gateway/transcode/request/json_document.h"
#include "gateway/transcode/request/json_reader.h"
#include "gateway/transcode/request/parameter_reader.h"
#include "gateway/transcode/request/required_fields.h"
#include "google/protobuf/message.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kShownNameBytes = 100;

// The message that has the path's last field; made on the way where it is not there.
Message& HolderOf(const FieldPath& path, Message& message) {
  Message* at = &message;
  for (const FieldDescriptor* field : path.fields()) {
    if (field == &path.last()) break;
    at = at->GetReflection()->MutableMessage(at, field);
  }
  return *at;
}

template <typename Whole>
bool IsWhole(absl::string_view text) {
  Whole value{};
  const char* const end = text.data() + text.size();
  const std::from_chars_result parsed = std::from_chars(text.data(), end, value);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == end;
}

}  // namespace

class RequestPlan::Plan final {
 public:
  explicit Plan(const Options& options)
      : type(*options.type),
        types(*options.type->file()->pool()),
        prototype(types.Prototype(*options.type)),
        resume_field(options.resume_field),
        required(*options.type, options.required),
        max_depth(options.max_depth) {}

  const Descriptor& type;
  const DynamicTypes types;
  const Message& prototype;
  const FieldPath resume_field;
  const RequiredFields required;
  const int max_depth;
};

RequestPlan::RequestPlan(const Options& options) : plan_(std::make_unique<const Plan>(options)) {}

RequestPlan::~RequestPlan() = default;

class RequestMessage::State final {
 public:
  explicit State(const RequestPlan::Plan& request_plan)
      : plan(request_plan),
        message(request_plan.prototype.New()),
        parameters(plan.types, plan.max_depth, *message) {}

  const RequestPlan::Plan& plan;
  const std::unique_ptr<Message> message;
  ParameterReader parameters;
};

RequestMessage::RequestMessage(const RequestPlan& plan)
    : state_(std::make_unique<State>(*plan.plan_)) {}

RequestMessage::~RequestMessage() = default;

bool RequestMessage::HasField(absl::string_view name) const {
  return FindField(state_->plan.type, name) != nullptr;
}

absl::Status RequestMessage::SetParameter(absl::string_view name, absl::string_view value) {
  const absl::Status status = state_->parameters.Set(name, value);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("parameter \"", Shown(name, kShownNameBytes), "\": ", status.message()));
}

absl::Status RequestMessage::MergeJson(absl::string_view json) {
  if (json.empty()) return absl::OkStatus();
  const int max_depth = state_->plan.max_depth;
  // A list of messages takes an array and an object for each message.
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(json, 2 * max_depth);
  if (!document.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the body: ", document.status().message()));
  }
  return JsonReader(state_->plan.types, max_depth).Read(document->root(), *state_->message);
}

bool RequestMessage::SetResume(absl::string_view value) {
  const FieldPath& path = state_->plan.resume_field;
  if (path.empty() || path.last().is_repeated()) return false;
  const FieldDescriptor& field = path.last();
  bool fits = false;
  switch (CppTypeOf(field)) {
    case FieldDescriptor::CPPTYPE_STRING:
      fits = field.type() == FieldDescriptor::TYPE_BYTES || IsValidUtf8(value);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      fits = IsWhole<int32_t>(value);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      fits = IsWhole<int64_t>(value);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      fits = IsWhole<uint32_t>(value);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      fits = IsWhole<uint64_t>(value);
      break;
    default:
      break;
  }
  if (!fits) return false;
  Message& holder = HolderOf(path, *state_->message);
  if (field.type() == FieldDescriptor::TYPE_BYTES) {  // which PutText would take for base64
    holder.GetReflection()->SetString(&holder, &field, std::string(value));
    return true;
  }
  return FieldSlot(holder, field).PutText(value).ok();
}

absl::Status RequestMessage::CheckRequired() const {
  const std::vector<std::string> missing = state_->plan.required.MissingFrom(*state_->message);
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      missing.size() == 1 ? "missing required field: \"" : "missing required fields: \"",
      absl::StrJoin(missing, "\", \""), "\""));
}

std::string RequestMessage::Serialize() const { return DeterministicWire(*state_->message); }

}  // namespace sluice
