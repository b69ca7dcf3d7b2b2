// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/plan/message_plan.h"

namespace sluice {

// Finds what must be known of a message before its JSON is written: a field at its top, without
// reading what lies in the others.

// A singular field, or the member of a oneof that is set.
struct ScannedField {
  // kUnsure: it is there twice, or the bytes are broken: parse them.
  enum class State { kAbsent, kFound, kUnsure };
  State state = State::kAbsent;
  const FieldPlan* field = nullptr;
  uint64_t bits = 0;        // of a number
  absl::string_view bytes;  // of the others
};

// The field, or the member of a oneof, that has the slot of `field`.
ScannedField ScanFor(const FieldPlan& field, const MessagePlan& plan, absl::string_view wire);

// The value of `field` as the raw text of an event's id; nothing where it makes none. An absent
// field has its default value.
std::optional<std::string> IdText(const FieldPlan& field, const ScannedField& value);

// The same of a message that has no JSON: of bytes that are broken, what stands before the fault.
// `plan` is that of the message; the last value counts, as for every parser.
std::optional<std::string> ReadableId(const FieldPath& path, const MessagePlan& plan,
                                      absl::string_view wire);

}  // namespace sluice
