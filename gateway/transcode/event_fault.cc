// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/event_fault.h"

#include <array>
#include <optional>

#include "absl/strings/cord.h"

namespace sluice {
namespace {

constexpr absl::string_view kPayload = "sluice.dev/event-fault";

// In the order of EventFault.
constexpr std::array<absl::string_view, kEventFaults> kNames = {
    "malformed",    "too_deep",     "too_large",  "not_utf8", "missing_field",
    "unknown_type", "out_of_range", "field_mask", "value",    "http_body"};

}  // namespace

absl::string_view NameOf(EventFault fault) { return kNames[static_cast<size_t>(fault)]; }

absl::Status FaultError(EventFault fault, absl::string_view message) {
  absl::Status error = absl::DataLossError(message);
  error.SetPayload(kPayload, absl::Cord(NameOf(fault)));
  return error;
}

EventFault FaultOf(const absl::Status& error) {
  const absl::optional<absl::Cord> name = error.GetPayload(kPayload);
  for (size_t i = 0; name.has_value() && i < kNames.size(); ++i) {
    if (*name == kNames[i]) return static_cast<EventFault>(i);
  }
  return EventFault::kMalformed;
}

}  // namespace sluice
