// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/wire_printer.h"

#include <bit>
#include <cstring>

#include "gateway/transcode/plan/number_writer.h"

// Every member, element and entry is written with a comma after it; whatever closes a list or an
// object takes the place of its last comma. So nothing needs to know whether it is the first.
//
// Places go in and come back in registers: a pointer kept in a member would have to be stored and
// read again around every byte that is written.

static_assert(std::endian::native == std::endian::little, "fixed numbers are read as they lie");

namespace sluice {
namespace {

char* WriteKey(const FieldPlan& field, char* out) {
  for (size_t i = 0; i < field.key_bytes; i += kBlockBytes) {
    std::memcpy(out + i, field.key + i, kBlockBytes);
  }
  return out + field.key_bytes;
}

char* WriteText(absl::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

template <ValueKind kKind>
inline char* WriteWhole(uint64_t bits, char* out) {
  switch (kKind) {
    case ValueKind::kInt32:
    case ValueKind::kSfixed32:
      return WriteInt32(static_cast<int32_t>(bits), out);
    case ValueKind::kUint32:
    case ValueKind::kFixed32:
      return WriteUint32(static_cast<uint32_t>(bits), out);
    case ValueKind::kSint32:
      return WriteInt32(static_cast<int32_t>(ZigZag(bits)), out);
    case ValueKind::kInt64:
    case ValueKind::kSfixed64:
      return WriteInt64(static_cast<int64_t>(bits), out);
    case ValueKind::kUint64:
    case ValueKind::kFixed64:
      return WriteUint64(bits, out);
    case ValueKind::kSint64:
      return WriteInt64(ZigZag(bits), out);
    default:
      return WriteText(bits != 0 ? "true" : "false", out);
  }
}

template <ValueKind kKind>
inline char* WriteNumber(const FieldPlan& field, uint64_t bits, char* out) {
  if constexpr (kKind == ValueKind::kDouble) return WriteDouble(std::bit_cast<double>(bits), out);
  if constexpr (kKind == ValueKind::kFloat) {
    return WriteFloat(std::bit_cast<float>(static_cast<uint32_t>(bits)), out);
  }
  *out = '"';
  out = WriteWhole<kKind>(bits, out + field.quotes);
  *out = '"';
  return out + field.quotes;
}

// Of any kind below kString but kEnum.
char* WriteNumberOf(const FieldPlan& field, uint64_t bits, char* out) {
  switch (field.kind) {
    case ValueKind::kInt32:
    case ValueKind::kSfixed32:
      return WriteNumber<ValueKind::kInt32>(field, bits, out);
    case ValueKind::kUint32:
    case ValueKind::kFixed32:
      return WriteNumber<ValueKind::kUint32>(field, bits, out);
    case ValueKind::kSint32:
      return WriteNumber<ValueKind::kSint32>(field, bits, out);
    case ValueKind::kInt64:
    case ValueKind::kSfixed64:
      return WriteNumber<ValueKind::kInt64>(field, bits, out);
    case ValueKind::kUint64:
    case ValueKind::kFixed64:
      return WriteNumber<ValueKind::kUint64>(field, bits, out);
    case ValueKind::kSint64:
      return WriteNumber<ValueKind::kSint64>(field, bits, out);
    case ValueKind::kFloat:
      return WriteNumber<ValueKind::kFloat>(field, bits, out);
    case ValueKind::kDouble:
      return WriteNumber<ValueKind::kDouble>(field, bits, out);
    default:
      return WriteNumber<ValueKind::kBool>(field, bits, out);
  }
}

inline const uint8_t* ReadBits(uint32_t wire_type, const uint8_t* at, const uint8_t* end,
                               uint64_t& bits) {
  if (wire_type == kWireVarint) return ReadVarint(at, end, bits);
  return wire_type == kWireFixed64 ? ReadFixed64(at, end, bits) : ReadFixed32(at, end, bits);
}

}  // namespace

WirePrinter::Outcome WirePrinter::Print(const MessagePlan& plan) {
  ReserveAhead();
  const Place place = Message(plan, {begin_, out_.at()}, {end_, 0});
  if (place.at == nullptr) return outcome_;
  out_.set_at(place.out);
  return Outcome::kDone;
}

WirePrinter::Place WirePrinter::Message(const MessagePlan& plan, Place place, Scope scope) {
  if (++depth_ > options_.max_depth)
    return Failed(place.at, "messages are nested too deep", EventFault::kTooDeep);
  if (plan.second_look_only) [[unlikely]]
    return SecondLook({scope.end, place.out});
  if (plan.form == WellKnown::kNone) {
    *place.out++ = '{';
    place = Members(plan, place, scope);
    if (place.at == nullptr) return place;
    if (place.out[-1] == ',') --place.out;
    *place.out++ = '}';
  } else {
    place = WellKnownForm(plan, place, scope);
    if (place.at == nullptr) return place;
  }
  --depth_;
  place.out = Room(place.out, kRoom);
  return place;
}

char* WirePrinter::Number(const FieldPlan& field, uint64_t bits, char* out) {
  if (field.kind != ValueKind::kEnum) return WriteNumberOf(field, bits, out);
  const EnumPlan& plan = *field.enumeration;
  if (plan.is_null) return WriteText("null", out);
  const auto number = static_cast<int32_t>(bits);
  const std::string* text = plan.by_number ? nullptr : plan.Find(number);
  if (text == nullptr) return WriteInt32(number, out);
  return WriteText(*text, Room(out, text->size() + kRoom));
}

// One member, unless it has a default value that counts as none.
inline WirePrinter::Place WirePrinter::Member(const FieldPlan& field, Place place,
                                              const uint8_t* end) {
  if (field.kind < ValueKind::kString) {
    uint64_t bits = 0;
    const uint8_t* const after = ReadBits(field.tag & 7, place.at, end, bits);
    if (after == nullptr) [[unlikely]]
      return FailedIn(field, place.at, "is cut short");
    bits &= field.mask;
    if (IsLeftOut(field, bits)) return {after, place.out};
    place.out = WriteKey(field, Room(place.out, field.key_bytes + kRoom));
    place = {after, Number(field, bits, place.out)};
  } else if (field.kind == ValueKind::kString) {
    size_t length = 0;
    const uint8_t* const begin = ReadLength(place.at, end, length);
    if (begin == nullptr) [[unlikely]]
      return FailedIn(field, place.at, "is cut short");
    if (length == 0 && field.skips_default) return {begin, place.out};
    char* out = WriteKey(field, Room(place.out, field.key_bytes + length + kRoom));
    *out++ = '"';
    out = WriteString({begin, begin + length, end_}, out, out_);
    if (out == nullptr) [[unlikely]]
      return FailedIn(field, begin, "is not valid UTF-8", EventFault::kNotUtf8);
    *out++ = '"';
    place = {begin + length, out};
  } else {
    if (IsEmptyBytes(field, place.at, end)) return {SkipValue(field.tag, place.at, end), place.out};
    place.out = WriteKey(field, Room(place.out, field.key_bytes + kRoom));
    place = Value(field, place, end);
    if (place.at == nullptr) [[unlikely]]
      return place;
  }
  *place.out++ = ',';
  return place;
}

WirePrinter::Place WirePrinter::Members(const MessagePlan& plan, Place place, Scope scope) {
  SeenSlots seen;
  const FieldPlan* run = nullptr;  // whose list is open
  while (place.at < scope.end) {
    const uint8_t* const begin = place.at;
    uint32_t tag = *begin;
    place.at = tag < 0x80 ? begin + 1 : ReadTag(begin, scope.end, tag);
    if (place.at == nullptr) [[unlikely]]
      return Failed(begin, "a tag is broken");
    const uint32_t index = plan.IndexOf(tag);
    if (index == 0) [[unlikely]] {
      if (EndsGroup(tag, scope)) break;
      place = Unknown(tag, place, scope);
      if (place.at == nullptr) return place;
      continue;
    }
    const FieldPlan& field = plan.fields[index - 1];
    if (run != nullptr && run != &field) {
      place.out[-1] = run->close;
      *place.out++ = ',';
      run = nullptr;
    }
    const bool goes_on = run != nullptr && field.kind != ValueKind::kMap;
    if (!goes_on && seen.Has(field.slot)) [[unlikely]] {
      if (!options_.only_looks_for_faults) return SecondLook(place);
    }
    if (goes_on) {
      place = Elements(field, tag, place, scope.end);
    } else if (field.is_repeated) {
      place = FirstElements(field, tag, place, scope.end);
      if (place.at != nullptr && place.out[-1] == field.open) {
        place.out -= field.key_bytes + 1;  // packed, and empty
        continue;
      }
      run = &field;
      seen.Add(field.slot);
    } else {
      const char* const before = place.out;
      place = Member(field, place, scope.end);
      if (place.out != before) seen.Add(field.slot);
    }
    if (place.at == nullptr) return place;
  }
  if (run != nullptr) {
    place.out[-1] = run->close;
    *place.out++ = ',';
  }
  return EndOf(plan, seen, place, scope);
}

// What only the end of a message shows.
WirePrinter::Place WirePrinter::EndOf(const MessagePlan& plan, const SeenSlots& seen, Place place,
                                      Scope scope) {
  if (scope.group != 0 && place.at == scope.end && !group_ended_) [[unlikely]] {
    return Failed(place.at, "a group does not end");
  }
  group_ended_ = false;
  if (plan.has_required && !seen.HasAll(plan.required)) {
    for (const FieldPlan& field : plan.fields) {
      if (!field.descriptor->is_required() || seen.Has(field.slot)) continue;
      return FailedIn(field, place.at, "is required and missing", EventFault::kMissingField);
    }
  }
  if (!plan.has_defaults) [[likely]]
    return place;
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    if (plan.absent[i].empty() || seen.Has(plan.fields[i].slot)) continue;
    place.out = WriteText(plan.absent[i], Room(place.out, plan.absent[i].size() + kRoom));
  }
  return place;
}

bool WirePrinter::EndsGroup(uint32_t tag, Scope scope) {
  group_ended_ = scope.group != 0 && tag == (scope.group << 3 | kWireEndGroup);
  return group_ended_;
}

bool WirePrinter::IsEmptyBytes(const FieldPlan& field, const uint8_t* at, const uint8_t* end) {
  size_t length = 0;
  return field.kind == ValueKind::kBytes && field.skips_default &&
         ReadLength(at, end, length) != nullptr && length == 0;
}

WirePrinter::Place WirePrinter::Value(const FieldPlan& field, Place place, const uint8_t* end) {
  if (field.kind >= ValueKind::kMessage) return Nested(field, place, end);
  if (field.kind >= ValueKind::kString) return Text(field, place, end);
  uint64_t bits = 0;
  const uint8_t* const after = ReadBits(field.tag & 7, place.at, end, bits);
  if (after == nullptr) [[unlikely]]
    return FailedIn(field, place.at, "is cut short");
  return {after, Number(field, bits & field.mask, Room(place.out, kRoom))};
}

WirePrinter::Place WirePrinter::Text(const FieldPlan& field, Place place, const uint8_t* end) {
  size_t length = 0;
  const uint8_t* const begin = ReadLength(place.at, end, length);
  if (begin == nullptr) [[unlikely]]
    return FailedIn(field, place.at, "is cut short");
  const uint8_t* const after = begin + length;
  if (field.kind == ValueKind::kBytes) {
    char* out = Room(place.out, Base64Bytes(length) + kRoom);
    *out++ = '"';
    out = WriteBase64(begin, length, out);
    *out++ = '"';
    return {after, out};
  }
  char* out = Room(place.out, length + kRoom);
  *out++ = '"';
  out = WriteString({begin, after, end_}, out, out_);
  if (out == nullptr) [[unlikely]]
    return FailedIn(field, begin, "is not valid UTF-8", EventFault::kNotUtf8);
  *out++ = '"';
  return {after, out};
}

WirePrinter::Place WirePrinter::Nested(const FieldPlan& field, Place place, const uint8_t* end) {
  if (field.kind == ValueKind::kGroup) {
    return In(field, Message(*field.message, place, {end, field.number()}));
  }
  size_t length = 0;
  const uint8_t* const begin = ReadLength(place.at, end, length);
  if (begin == nullptr) [[unlikely]]
    return FailedIn(field, place.at, "is cut short");
  return In(field, Message(*field.message, {begin, place.out}, {begin + length, 0}));
}

WirePrinter::Place WirePrinter::FirstElements(const FieldPlan& field, uint32_t tag, Place place,
                                              const uint8_t* end) {
  place.out = WriteKey(field, Room(place.out, field.key_bytes + kRoom));
  *place.out++ = field.open;
  return Elements(field, tag, place, end);
}

// The elements that follow each other without another tag in between.
WirePrinter::Place WirePrinter::Elements(const FieldPlan& field, uint32_t tag, Place place,
                                         const uint8_t* end) {
  if (tag != field.tag) return Packed(field, place, end);
  if (field.kind == ValueKind::kMap) return Entries(field, place, end);
  while (true) {
    place.out = Room(place.out, kRoom);
    if (field.is_closed) [[unlikely]] {
      place = ClosedEnum(field, place, end);
    } else {
      place = Value(field, place, end);
      if (place.at != nullptr) *place.out++ = ',';
    }
    if (place.at == nullptr || !NextIs(field, place.at, end)) return place;
    place.at += field.tag_bytes;
  }
}

// An element, or nothing where the enum does not have its number.
WirePrinter::Place WirePrinter::ClosedEnum(const FieldPlan& field, Place place,
                                           const uint8_t* end) {
  uint64_t bits = 0;
  const uint8_t* const after = ReadVarint(place.at, end, bits);
  if (after == nullptr) return FailedIn(field, place.at, "is cut short");
  if (IsUnknownEnum(field, bits)) {
    ++unknown_fields_;
    return {after, place.out};
  }
  place.out = Number(field, bits & field.mask, place.out);
  *place.out++ = ',';
  return {after, place.out};
}

WirePrinter::Place WirePrinter::Packed(const FieldPlan& field, Place place, const uint8_t* end) {
  size_t length = 0;
  const uint8_t* const begin = ReadLength(place.at, end, length);
  if (begin == nullptr) return FailedIn(field, place.at, "is cut short");
  place.at = begin;
  end = begin + length;
  switch (field.kind) {
    case ValueKind::kFloat:
      return PackedOf<ValueKind::kFloat>(field, place, end);
    case ValueKind::kDouble:
      return PackedOf<ValueKind::kDouble>(field, place, end);
    case ValueKind::kInt32:
      return PackedOf<ValueKind::kInt32>(field, place, end);
    case ValueKind::kInt64:
      return PackedOf<ValueKind::kInt64>(field, place, end);
    default:
      break;
  }
  while (place.at < end) {
    place.out = Room(place.out, kRoom);
    if (field.is_closed) {
      place = ClosedEnum(field, place, end);
    } else {
      place = Value(field, place, end);
      if (place.at != nullptr) *place.out++ = ',';
    }
    if (place.at == nullptr) return place;
  }
  return place;
}

template <ValueKind kKind>
WirePrinter::Place WirePrinter::PackedOf(const FieldPlan& field, Place place, const uint8_t* end) {
  constexpr uint32_t kWire = kKind == ValueKind::kFloat    ? kWireFixed32
                             : kKind == ValueKind::kDouble ? kWireFixed64
                                                           : kWireVarint;
  while (place.at < end) {
    uint64_t bits = 0;
    const uint8_t* const after = ReadBits(kWire, place.at, end, bits);
    if (after == nullptr) return FailedIn(field, place.at, "is cut short");
    place.out = WriteNumber<kKind>(field, bits, Room(place.out, kRoom));
    *place.out++ = ',';
    place.at = after;
  }
  return place;
}

}  // namespace sluice
