// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/output_buffer.h"

namespace sluice {

// One block of a text/event-stream (WHATWG HTML, section 9.2). Fields are written in the order
// retry, event, data, id: several clients move their cursor at the `id:` line, so that it must come
// last.
struct SseEvent {
  std::optional<absl::Duration> retry;  // whole milliseconds are sent
  absl::string_view name;               // empty: no `event:` line. No CR, LF or NUL
  absl::string_view data;               // split on CR, LF and CRLF into `data:` lines; may be empty
  std::optional<absl::string_view> id;  // an EventId's text
};

// Appends the block to `out`. A block always has a `data:` line, since clients differ on one
// without.
void AppendEvent(const SseEvent& event, OutputBuffer& out);

// The same in two pieces, for data of one line that is written between them.
void BeginEvent(absl::string_view name, OutputBuffer& out);
void EndEvent(absl::string_view id, OutputBuffer& out);  // empty: none

// The heartbeat: a comment line without the blank line that would make several decoders emit an
// event.
inline constexpr absl::string_view kSseHeartbeat = ":\n";

}  // namespace sluice
