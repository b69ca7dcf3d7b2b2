// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/transcode/event_fault.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// What is wrong with bytes that do not parse, and where: `at byte 17, demo.v1.Tick.symbol is cut
// short`.
struct WireFault {
  EventFault kind = EventFault::kMalformed;
  std::string text;
};

// The first fault of bytes that did not parse as a message of `type`. Protobuf's parser says only
// that there is one.
//
// Bounds:  recursion of `max_depth` messages; one pass over the bytes a level.
// Threads: any.
WireFault FindWireFault(absl::string_view wire, int max_depth,
                        const google::protobuf::Descriptor& type);

}  // namespace sluice
