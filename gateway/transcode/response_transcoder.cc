// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/response_transcoder.h"

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/event_naming.h"
#include "gateway/transcode/http_body.h"
#include "gateway/transcode/plan/event_scan.h"
#include "gateway/transcode/plan/plan_cache.h"
#include "gateway/transcode/plan/second_look.h"
#include "gateway/transcode/plan/wire_printer.h"
#include "gateway/transcode/well_known.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;

bool HoldsHttpBody(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         IsHttpBody(*field.message_type());
}

void Clear(TranscodedEvent& event) {
  event.name.clear();
  event.data.clear();
  event.id.clear();
  event.is_raw = false;
  event.has_id = false;
  event.unknown_fields = 0;
  event.is_complete = false;
  event.payload = nullptr;
}

}  // namespace

class ResponseTranscoder::Plan final {
 public:
  explicit Plan(const Options& options)
      : type_(*options.type),
        id_field_(options.id_field),
        max_depth_(options.max_depth),
        types_(*options.type->file()->pool(), options.other_pools),
        naming_(*options.type, options.event, options.event_name),
        book_(types_, options.json),
        message_(book_.For(*options.type)),
        body_(options.response_body != nullptr ? FieldOf(*options.response_body) : nullptr),
        is_http_body_(options.response_body != nullptr ? HoldsHttpBody(*options.response_body)
                                                       : IsHttpBody(*options.type)),
        second_look_({.type = options.type,
                      .id_field = options.id_field,
                      .body = options.response_body,
                      .max_depth = options.max_depth,
                      .json = options.json},
                     types_, naming_) {}

  const EventNaming& naming() const { return naming_; }
  const DynamicTypes& types() const { return types_; }

  absl::Status Describe(absl::string_view wire, TranscodedEvent& event) const;
  absl::Status WriteJson(absl::string_view wire, TranscodedEvent& event, OutputBuffer& out) const;
  absl::Status TranscodeWhole(absl::string_view wire, Whole& whole) const;

 private:
  const FieldPlan* FieldOf(const FieldDescriptor& field) const;
  bool ScanName(absl::string_view wire, TranscodedEvent& event) const;
  bool ScanId(absl::string_view wire, TranscodedEvent& event) const;
  absl::Status LookAgain(absl::string_view wire, TranscodedEvent& event) const;
  absl::Status Explained(absl::string_view wire, const absl::Status& status) const;
  void KeepReadableId(absl::string_view wire, TranscodedEvent& event) const;
  WirePrinter::Outcome Print(WirePrinter& printer, const TranscodedEvent& event) const {
    return event.payload != nullptr ? printer.PrintField(message_, *event.payload)
                                    : printer.Print(message_);
  }

  const google::protobuf::Descriptor& type_;
  const FieldPath id_field_;
  const int max_depth_;
  const DynamicTypes types_;
  const EventNaming naming_;
  const PlanCache book_;
  const MessagePlan& message_;
  const FieldPlan* const body_;  // of response_body
  const bool is_http_body_;
  const SecondLook second_look_;
};

// Null where the plan does not have it.
const FieldPlan* ResponseTranscoder::Plan::FieldOf(const FieldDescriptor& field) const {
  const uint32_t index = message_.IndexOfNumber(static_cast<uint32_t>(field.number()));
  return index != 0 ? &message_.fields[index - 1] : nullptr;
}

// Each scan gives false where only a second look can tell.
bool ResponseTranscoder::Plan::ScanName(absl::string_view wire, TranscodedEvent& event) const {
  event.payload = body_;
  const FieldDescriptor* const deciding = naming_.deciding_field();
  if (deciding == nullptr) {
    event.name = naming_.NameOf(nullptr, nullptr);
    return true;
  }
  const FieldPlan* const plan = FieldOf(*deciding);
  if (plan == nullptr) return false;
  const ScannedField found = ScanFor(*plan, message_, wire);
  if (found.state == ScannedField::State::kUnsure) return false;
  if (naming_.needs_held_type()) {
    const MessagePlan* held = book_.FindByUrl(found.bytes);
    event.name = naming_.NameOf(nullptr, held != nullptr ? held->type : nullptr);
    return true;
  }
  const FieldDescriptor* const member = found.field != nullptr ? found.field->descriptor : nullptr;
  event.name = naming_.NameOf(member, nullptr);
  if (member == nullptr || body_ != nullptr) return true;
  event.payload = found.field;
  return !HoldsHttpBody(*member);
}

bool ResponseTranscoder::Plan::ScanId(absl::string_view wire, TranscodedEvent& event) const {
  const MessagePlan* plan = &message_;
  for (const FieldDescriptor* field : id_field_.fields()) {
    if (field->is_repeated()) return true;
    const uint32_t index = plan->IndexOfNumber(static_cast<uint32_t>(field->number()));
    if (index == 0) return false;
    const FieldPlan& here = plan->fields[index - 1];
    const ScannedField found = ScanFor(here, *plan, wire);
    if (found.state == ScannedField::State::kUnsure) return false;
    const bool absent = found.field != &here;
    if (absent && HasPresence(*field)) return true;
    if (field == &id_field_.last()) {
      std::optional<std::string> id = IdText(here, absent ? ScannedField() : found);
      event.has_id = id.has_value();
      if (id) event.id = *std::move(id);
      return true;
    }
    if (here.kind != ValueKind::kMessage) return false;
    wire = found.bytes;
    plan = here.message;
  }
  return true;
}

absl::Status ResponseTranscoder::Plan::Describe(absl::string_view wire,
                                                TranscodedEvent& event) const {
  Clear(event);
  const bool scanned =
      !is_http_body_ && !message_.second_look_only && ScanName(wire, event) && ScanId(wire, event);
  return scanned ? absl::OkStatus() : LookAgain(wire, event);
}

absl::Status ResponseTranscoder::Plan::WriteJson(absl::string_view wire, TranscodedEvent& event,
                                                 OutputBuffer& out) const {
  const size_t before = out.size();
  if (wire.size() <= static_cast<size_t>(std::numeric_limits<int>::max())) {
    WirePrinter printer({book_, max_depth_}, wire, out);
    if (Print(printer, event) == WirePrinter::Outcome::kDone) [[likely]] {
      event.unknown_fields = printer.unknown_fields();
      return absl::OkStatus();
    }
  }
  out.Truncate(before);
  absl::Status status = LookAgain(wire, event);
  if (status.ok()) out.Append(event.data);
  return status;
}

absl::Status ResponseTranscoder::Plan::LookAgain(absl::string_view wire,
                                                 TranscodedEvent& event) const {
  Clear(event);
  const absl::Status status = second_look_.Transcode(wire, event);
  event.is_complete = true;
  if (status.ok()) return status;
  KeepReadableId(wire, event);
  return Explained(wire, status);
}

void ResponseTranscoder::Plan::KeepReadableId(absl::string_view wire,
                                              TranscodedEvent& event) const {
  Clear(event);
  std::optional<std::string> id = ReadableId(id_field_, message_, wire);
  event.has_id = id.has_value();
  if (id) event.id = *std::move(id);
}

// The parser says only that something is wrong: the printer finds out what and where.
absl::Status ResponseTranscoder::Plan::Explained(absl::string_view wire,
                                                 const absl::Status& status) const {
  OutputBuffer unused;
  WirePrinter printer({book_, max_depth_, /*only_looks_for_faults=*/true}, wire, unused);
  if (printer.Print(message_) == WirePrinter::Outcome::kFault) {
    return FaultError(printer.fault_kind(),
                      absl::StrCat("a message that should be a ", type_.full_name(),
                                   " has no JSON: ", printer.Fault(message_)));
  }
  if (absl::StrContains(status.message(), type_.full_name())) return status;
  return FaultError(FaultOf(status),
                    absl::StrCat("in a ", type_.full_name(), ", ", status.message()));
}

absl::Status ResponseTranscoder::Plan::TranscodeWhole(absl::string_view wire, Whole& whole) const {
  whole = Whole();
  if (is_http_body_) {
    SecondLook::Body body;
    const absl::Status status = second_look_.ReadBody(wire, body);
    if (!status.ok()) return Explained(wire, status);
    if (!IsSafeContentType(body.content_type)) {
      return FaultError(EventFault::kHttpBody,
                        absl::StrCat("the content_type of a ", type_.full_name(), ", \"",
                                     Shown(body.content_type), "\", cannot be a header"));
    }
    whole.content_type =
        body.content_type.empty() ? "application/octet-stream" : std::move(body.content_type);
    whole.body = std::move(body.bytes);
    return absl::OkStatus();
  }
  TranscodedEvent event;
  event.payload = body_;
  OutputBuffer json;
  const absl::Status status = WriteJson(wire, event, json);
  if (!status.ok()) return status;
  whole.body = std::string(json.written());
  whole.content_type = "application/json";
  whole.unknown_fields = event.unknown_fields;
  return absl::OkStatus();
}

ResponseTranscoder::ResponseTranscoder(const Options& options)
    : plan_(std::make_unique<const Plan>(options)) {}

ResponseTranscoder::~ResponseTranscoder() = default;

absl::Status ResponseTranscoder::Describe(absl::string_view wire, TranscodedEvent& event) const {
  return plan_->Describe(wire, event);
}

absl::Status ResponseTranscoder::WriteJson(absl::string_view wire, TranscodedEvent& event,
                                           OutputBuffer& out) const {
  return plan_->WriteJson(wire, event, out);
}

absl::Status ResponseTranscoder::Transcode(absl::string_view wire, TranscodedEvent& event) const {
  absl::Status status = plan_->Describe(wire, event);
  if (!status.ok() || event.is_complete) return status;
  OutputBuffer json;
  status = plan_->WriteJson(wire, event, json);
  if (status.ok() && !event.is_complete) event.data.assign(json.written().data(), json.size());
  return status;
}

absl::Status ResponseTranscoder::TranscodeWhole(absl::string_view wire, Whole& whole) const {
  return plan_->TranscodeWhole(wire, whole);
}

const DynamicTypes& ResponseTranscoder::types() const { return plan_->types(); }

std::vector<std::string> ResponseTranscoder::EventNames() const {
  return plan_->naming().AllNames();
}

}  // namespace sluice
