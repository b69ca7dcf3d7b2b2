// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// What is wrong with bytes that did not parse as a message of `type`, and where: `at byte 17,
// demo.v1.Tick.symbol is cut short`. Protobuf's parser says only that something is.
//
// Bounds:  recursion of `max_depth` messages; one pass over the bytes a level.
// Threads: any.
std::string WireFault(absl::string_view wire, int max_depth,
                      const google::protobuf::Descriptor& type);

}  // namespace sluice
