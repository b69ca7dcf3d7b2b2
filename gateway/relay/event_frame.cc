// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/event_frame.h"

#include <optional>

#include "gateway/base/text/json_string.h"
#include "gateway/sse/frame.h"

namespace sluice {
namespace {

// What Describe has written already: the content of a google.api.HttpBody, or an event that needed
// the long way.
void WriteCompleteFrame(const EventForm& form, const TranscodedEvent& event, absl::string_view id,
                        OutputBuffer& out) {
  if (form.format == Format::kSse) {
    AppendEvent({.retry = std::nullopt,
                 .name = form.unnamed_events ? absl::string_view() : event.name,
                 .data = event.data,
                 .id = id.empty() ? std::nullopt : std::optional(id)},
                out);
    return;
  }
  // What is not JSON would not stay on its line, and could pass for an error of Sluice's own.
  if (event.is_raw) {
    out.Append(JsonString(event.data));
  } else {
    out.Append(event.data);
  }
  out.Append("\n");
}

}  // namespace

absl::Status WriteFrame(const EventForm& form, const ServiceMessage& message,
                        TranscodedEvent& event, absl::string_view id, OutputBuffer& out) {
  if (event.is_complete) {
    WriteCompleteFrame(form, event, id, out);
    return absl::OkStatus();
  }
  const bool is_sse = form.format == Format::kSse;
  if (is_sse) BeginEvent(form.unnamed_events ? absl::string_view() : event.name, out);
  absl::Status status = message.response.WriteJson(message.wire, event, out);
  if (!status.ok()) return status;
  if (is_sse) {
    EndEvent(id, out);
  } else {
    out.Append("\n");
  }
  return status;
}

}  // namespace sluice
