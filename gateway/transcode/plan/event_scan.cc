// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/event_scan.h"

#include <vector>

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

// Where a group ends that has just begun; null if it does not.
const uint8_t* SkipGroup(const uint8_t* at, const uint8_t* end) {
  for (size_t open = 1; open > 0;) {
    if (at == nullptr || at == end) return nullptr;
    uint32_t tag = 0;
    at = ReadTag(at, end, tag);
    ScannedField skipped;
    if ((tag & 7) == kWireGroup) {
      ++open;
    } else if ((tag & 7) == kWireEndGroup) {
      --open;
    } else if (at != nullptr) {
      at = ReadAny(tag & 7, at, end, skipped);
    }
  }
  return at;
}

std::string EnumText(const FieldPlan& field, int32_t number) {
  const auto* value = EnumTypeOf(*field.descriptor)->FindValueByNumber(number);
  return value != nullptr ? value->name() : absl::StrCat(number);
}

// Looks for a field of messages in each other, in bytes that may be broken.
class LenientSearch final {
 public:
  explicit LenientSearch(const FieldPath& path) : fields_(path.fields()) {}

  void Search(size_t level, const MessagePlan& plan, absl::string_view wire) {
    const auto* at = reinterpret_cast<const uint8_t*>(wire.data());
    const uint8_t* const end = at + wire.size();
    const bool last = level + 1 == fields_.size();
    if (last) reached_ = true;
    while (at < end) {
      uint32_t tag = 0;
      at = ReadTag(at, end, tag);
      ScannedField value;
      if (at != nullptr) {
        at = (tag & 7) == kWireGroup ? SkipGroup(at, end) : ReadAny(tag & 7, at, end, value);
      }
      if (at == nullptr) {
        broken_ = true;
        return;
      }
      const uint32_t index = plan.IndexOf(tag);
      if (index == 0) continue;
      const FieldPlan& here = plan.fields[index - 1];
      if (here.descriptor != fields_[level] || here.tag != tag || IsUnknownEnum(here, value)) {
        continue;
      }
      if (last) {
        value.field = &here;
        found_ = value;
      } else if (here.kind == ValueKind::kMessage) {
        Search(level + 1, *here.message, value.bytes);
      }
    }
  }

  std::optional<std::string> Id(const FieldPlan* absent) const {
    if (found_.field != nullptr) return IdText(*found_.field, found_);
    // Where bytes are broken, a field that was not seen may still have come.
    if (absent == nullptr || broken_ || !reached_ || HasPresence(*absent->descriptor)) return {};
    return IdText(*absent, ScannedField());
  }

 private:
  static bool IsUnknownEnum(const FieldPlan& field, const ScannedField& value) {
    return field.is_closed && field.enumeration->Find(static_cast<int32_t>(value.bits)) == nullptr;
  }

  const std::vector<const google::protobuf::FieldDescriptor*>& fields_;
  ScannedField found_;
  bool reached_ = false;
  bool broken_ = false;
};

// The plan of the field that the path ends at; null where no plan has it.
const FieldPlan* LastOf(const FieldPath& path, const MessagePlan* plan) {
  const FieldPlan* field = nullptr;
  for (const google::protobuf::FieldDescriptor* step : path.fields()) {
    if (plan == nullptr || step->is_repeated()) return nullptr;
    const uint32_t index = plan->IndexOfNumber(static_cast<uint32_t>(step->number()));
    if (index == 0) return nullptr;
    field = &plan->fields[index - 1];
    plan = field->message;
  }
  return field;
}

}  // namespace

std::optional<std::string> ReadableId(const FieldPath& path, const MessagePlan& plan,
                                      absl::string_view wire) {
  const FieldPlan* const last = LastOf(path, &plan);
  if (last == nullptr) return {};
  LenientSearch search(path);
  search.Search(0, plan, wire);
  return search.Id(last);
}

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
