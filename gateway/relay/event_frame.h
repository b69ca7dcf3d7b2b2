// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/base/bytes/output_buffer.h"
#include "gateway/http/negotiation.h"
#include "gateway/transcode/response_transcoder.h"

namespace sluice {

// How the events of a stream are written.
struct EventForm {
  Format format = Format::kSse;  // or kNdjson
  bool unnamed_events = false;   // `?event=message`
};

// One message of a service, and who knows its type.
struct ServiceMessage {
  const ResponseTranscoder& response;
  absl::string_view wire;
};

// Writes one message as an event, JSON and frame in one pass, to where it is to lie until it is
// sent. `event` is what ResponseTranscoder::Describe made of the message; `id` is in its wire form,
// empty for none. NDJSON has no ids.
//
// Errors: WriteJson's; then what was written to `out` is of no use, and the log that lent it is to
//         forget it.
absl::Status WriteFrame(const EventForm& form, const ServiceMessage& message,
                        TranscodedEvent& event, absl::string_view id, OutputBuffer& out);

}  // namespace sluice
