// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// Why a message of a service has no JSON.
enum class EventFault : uint8_t {
  kMalformed,     // its bytes are not the wire format of its type
  kTooDeep,       // messages in messages beyond the bound
  kTooLarge,      // more bytes than can be parsed, or than the transport takes
  kNotUtf8,       // a text
  kMissingField,  // a required field is not set
  kUnknownType,   // a google.protobuf.Any of a type that nobody knows, where that is an error
  kOutOfRange,    // a Timestamp or a Duration
  kFieldMask,     // a path that its JSON could not give back
  kValue,         // a google.protobuf.Value that holds nothing, or a number that is not finite
  kHttpBody,      // a content type that cannot be a header
};
inline constexpr size_t kEventFaults = 10;

// `not_utf8`
absl::string_view NameOf(EventFault fault);

// DATA_LOSS with `message`, which says where and what. FaultOf gives `fault` back.
absl::Status FaultError(EventFault fault, absl::string_view message);

// What is wrong, by an error of FaultError; kMalformed for any other.
EventFault FaultOf(const absl::Status& error);

}  // namespace sluice
