// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/transcode/plan/wire_reader.h"
#include "gateway/transcode/well_known.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

struct MessagePlan;

// How the values of a field are read and written.
enum class ValueKind : uint8_t {
  kInt32,
  kUint32,
  kSint32,
  kInt64,
  kUint64,
  kSint64,
  kBool,
  kEnum,
  kFixed32,
  kSfixed32,
  kFloat,
  kFixed64,
  kSfixed64,
  kDouble,
  kString,
  kBytes,
  kMessage,
  kGroup,
  kMap,  // of one entry
};

// The numbers of an enum and what they are called.
struct EnumPlan {
  bool is_null = false;  // google.protobuf.NullValue: every number is `null`
  bool by_number = false;
  std::unordered_map<int32_t, std::string> texts;  // quoted
  // Those of the numbers 0, 1, …; null where there is none.
  std::vector<const std::string*> first_texts;

  const std::string* Find(int32_t number) const {
    const auto index = static_cast<uint32_t>(number);
    if (index < first_texts.size()) return first_texts[index];
    const auto it = texts.find(number);
    return it == texts.end() ? nullptr : &it->second;
  }
};

// One field: how its tag looks, and what stands before and around its value.
struct FieldPlan {
  const char* key = nullptr;  // `"name":`; readable in whole blocks
  uint32_t key_bytes = 0;
  uint32_t tag = 0;  // of one value; a packed list has the same number and kWireLength
  std::array<uint8_t, 5> tag_text{};
  uint8_t tag_bytes = 0;
  ValueKind kind = ValueKind::kInt32;
  bool is_repeated = false;
  bool skips_default = false;  // a default value is the same as none
  bool is_closed = false;      // of an enum: an unknown number is an unknown field
  uint8_t quotes = 0;          // 1: a whole number or bool stands in quotes
  uint8_t slot = 0;            // where it is noted as seen; the members of a oneof share one
  char open = 0;               // of a list: `[` or `{`, and what closes it
  char close = 0;
  uint64_t mask = ~uint64_t{0};  // the bits of a number that count
  const MessagePlan* message = nullptr;
  const EnumPlan* enumeration = nullptr;
  const google::protobuf::FieldDescriptor* descriptor = nullptr;

  uint32_t number() const { return tag >> 3; }
};

// The slots of the fields that a message has had so far.
class SeenSlots final {
 public:
  static constexpr size_t kMost = 256;
  using Words = std::array<uint64_t, kMost / 64>;

  bool Has(uint8_t slot) const { return (words_[slot / 64] >> (slot % 64) & 1) != 0; }
  void Add(uint8_t slot) { words_[slot / 64] |= uint64_t{1} << (slot % 64); }
  bool HasAll(const Words& slots) const {
    uint64_t missing = 0;
    for (size_t i = 0; i < slots.size(); ++i) missing |= slots[i] & ~words_[i];
    return missing == 0;
  }

 private:
  Words words_{};
};

// All that is needed to write messages of one type. Immutable once made.
struct MessagePlan {
  const google::protobuf::Descriptor* type = nullptr;
  WellKnown form = WellKnown::kNone;
  bool second_look_only = false;  // a form that the printer does not know
  bool has_required = false;
  bool has_defaults = false;
  SeenSlots::Words required{};
  std::vector<FieldPlan> fields;           // by number
  std::vector<std::string> absent;         // for each field what is written where it is not there
  std::array<uint16_t, 128> short_tags{};  // tag of one byte ⇒ 1 + index of its field
  std::vector<uint16_t> numbers;           // small field number ⇒ the same

  // 1 + index of the field that is written with this tag, packed lists included; 0: none.
  uint32_t IndexOf(uint32_t tag) const {
    if (tag < short_tags.size()) return short_tags[tag];
    const uint32_t index = IndexOfNumber(tag >> 3);
    if (index == 0) return 0;
    const FieldPlan& field = fields[index - 1];
    if (field.tag == tag) return index;
    const bool is_packed =
        field.is_repeated && field.kind < ValueKind::kString && (tag & 7) == kWireLength;
    return is_packed ? index : 0;
  }

  uint32_t IndexOfNumber(uint32_t number) const {
    if (number < numbers.size()) return numbers[number];
    size_t low = 0;
    size_t high = fields.size();
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (fields[middle].number() < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const bool found = low < fields.size() && fields[low].number() == number;
    return found ? static_cast<uint32_t>(low) + 1 : 0;
  }
};

}  // namespace sluice
