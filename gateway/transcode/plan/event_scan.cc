// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/event_scan.h"

#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/field_traits.h"

namespace sluice {
namespace {

// What a field of the given wire type holds, and where it ends; null if it is a group or broken.
const uint8_t* ReadAny(uint32_t wire_type, const uint8_t* at, const uint8_t* end,
                       ScannedField& value) {
  switch (wire_type) {
    case kWireVarint:
      return ReadVarint(at, end, value.bits);
    case kWireFixed64:
      return ReadFixed64(at, end, value.bits);
    case kWireFixed32:
      return ReadFixed32(at, end, value.bits);
    case kWireLength: {
      size_t length = 0;
      at = ReadLength(at, end, length);
      if (at == nullptr) return nullptr;
      value.bytes = {reinterpret_cast<const char*>(at), length};
      return at + length;
    }
    default:
      return nullptr;
  }
}

std::string EnumText(const FieldPlan& field, int32_t number) {
  const auto* value = EnumTypeOf(*field.descriptor)->FindValueByNumber(number);
  return value != nullptr ? value->name() : absl::StrCat(number);
}

}  // namespace

ScannedField ScanFor(const FieldPlan& field, const MessagePlan& plan, absl::string_view wire) {
  const ScannedField unsure{.state = ScannedField::State::kUnsure};
  ScannedField found;
  const auto* at = reinterpret_cast<const uint8_t*>(wire.data());
  const uint8_t* const end = at + wire.size();
  while (at < end) {
    uint32_t tag = 0;
    at = ReadTag(at, end, tag);
    if (at == nullptr) return unsure;
    ScannedField value;
    at = ReadAny(tag & 7, at, end, value);
    if (at == nullptr) return unsure;
    const uint32_t index = plan.IndexOf(tag);
    if (index == 0 || plan.fields[index - 1].slot != field.slot) continue;
    value.field = &plan.fields[index - 1];
    value.state = ScannedField::State::kFound;
    if (found.field != nullptr || value.field->is_closed) return unsure;
    found = value;
  }
  return found;
}

std::optional<std::string> IdText(const FieldPlan& field, const ScannedField& value) {
  const uint64_t bits = value.bits;
  switch (field.kind) {
    case ValueKind::kString:
    case ValueKind::kBytes:
      if (value.bytes.empty()) return {};
      return std::string(value.bytes);
    case ValueKind::kInt32:
    case ValueKind::kSfixed32:
      return absl::StrCat(static_cast<int32_t>(bits));
    case ValueKind::kSint32:
      return absl::StrCat(static_cast<int32_t>(ZigZag(bits & field.mask)));
    case ValueKind::kUint32:
    case ValueKind::kFixed32:
      return absl::StrCat(static_cast<uint32_t>(bits));
    case ValueKind::kInt64:
    case ValueKind::kSfixed64:
      return absl::StrCat(static_cast<int64_t>(bits));
    case ValueKind::kSint64:
      return absl::StrCat(ZigZag(bits));
    case ValueKind::kUint64:
    case ValueKind::kFixed64:
      return absl::StrCat(bits);
    case ValueKind::kEnum:
      return EnumText(field, static_cast<int32_t>(bits));
    default:
      return {};
  }
}

}  // namespace sluice
