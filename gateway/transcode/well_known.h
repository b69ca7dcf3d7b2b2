// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// The message types whose JSON is not an object of their fields.
enum class WellKnown {
  kNone,
  kAny,
  kTimestamp,
  kDuration,
  kFieldMask,
  kStruct,
  kValue,
  kListValue,
  kWrapper,
};

// By name and by fields: descriptors come from services, and one that calls its own message
// google.protobuf.Timestamp must not make us read fields that are not there.
WellKnown WellKnownOf(const google::protobuf::Descriptor& type);

// True for google.protobuf.NullValue, whose only value is JSON's null.
bool IsNullValue(const google::protobuf::EnumDescriptor& type);

// True for a google.api.HttpBody, by name and by fields.
bool IsHttpBody(const google::protobuf::Descriptor& type);

// The content of a Timestamp or a Duration.
struct SecondsNanos {
  int64_t seconds = 0;
  int32_t nanos = 0;
};

// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second; years 1 to 9999. Nothing if out of range.
std::optional<std::string> TimestampText(SecondsNanos time);
// Any offset, up to nine digits of a second.
std::optional<SecondsNanos> TimestampFromText(absl::string_view text);

// `1.500s`; at most ±315,576,000,000 s (10,000 years), one sign for both parts.
std::optional<std::string> DurationText(SecondsNanos duration);
std::optional<SecondsNanos> DurationFromText(absl::string_view text);

// One path of a FieldMask: `a_b.c` ⇔ `aB.c`. Nothing if the way back would give another path.
std::optional<std::string> FieldMaskPathText(absl::string_view path);
std::optional<std::string> FieldMaskPathFromText(absl::string_view text);

}  // namespace sluice
