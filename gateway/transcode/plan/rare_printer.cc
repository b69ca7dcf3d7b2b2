// SPDX-License-Identifier: Apache-2.0
// The parts of WirePrinter that ordinary messages do not need: what is unknown, wrong, or wanted
// alone.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/transcode/plan/wire_printer.h"

namespace sluice {

WirePrinter::Outcome WirePrinter::PrintField(const MessagePlan& plan, const FieldPlan& field) {
  if (plan.second_look_only || plan.has_required || plan.form != WellKnown::kNone) {
    return Outcome::kSecondLook;
  }
  ++depth_;
  ReserveAhead();
  const size_t start = out_.size();
  WirePiece found{nullptr, nullptr, end_};
  for (const uint8_t* at = begin_; at < end_;) {
    const uint8_t* const begin = at;
    uint32_t tag = 0;
    at = ReadTag(begin, end_, tag);
    if (at == nullptr) {
      Failed(begin, "a tag is broken");
      return outcome_;
    }
    const uint32_t index = plan.IndexOf(tag);
    const FieldPlan* const here = index != 0 ? &plan.fields[index - 1] : nullptr;
    const uint8_t* const value = at;
    at = SkipValue(tag, at, end_);
    if (at == nullptr) return outcome_;
    if (here == nullptr || here->slot != field.slot) {
      // Not wanted, but it must be right.
      if (Members(plan, {begin, out_.at()}, {at, 0}).at == nullptr) return outcome_;
      out_.Truncate(start);
      continue;
    }
    const bool goes_on = field.is_repeated && found.end == begin;
    if (here != &field || (found.begin != nullptr && !goes_on)) return Outcome::kSecondLook;
    found.end = at;
    if (found.begin == nullptr) found.begin = field.is_repeated ? begin : value;
  }
  const Place place = Bare(field, found);
  if (place.at == nullptr) return outcome_;
  out_.set_at(place.out);
  return Outcome::kDone;
}

// The value, or the elements with their tags, without the key; the default where there is no piece.
WirePrinter::Place WirePrinter::Bare(const FieldPlan& field, WirePiece piece) {
  const Place place{piece.begin, out_.at()};
  if (piece.begin != nullptr && !field.is_repeated) {
    return field.is_closed ? SecondLook(place) : Value(field, place, piece.end);
  }
  return piece.begin != nullptr ? BareList(field, place, piece.end)
                                : AbsentValue(field, {end_, place.out});
}

WirePrinter::Place WirePrinter::BareList(const FieldPlan& field, Place place, const uint8_t* end) {
  *place.out++ = field.open;
  for (const uint8_t* begin = place.at; place.at < end;) {
    if (place.at != begin && field.kind == ValueKind::kMap) return SecondLook(place);
    uint32_t tag = 0;
    place.at = ReadTag(place.at, end, tag);
    place = Elements(field, tag, place, end);
    if (place.at == nullptr) return place;
  }
  if (place.out[-1] == ',') --place.out;
  *place.out++ = field.close;
  return place;
}

WirePrinter::Place WirePrinter::AbsentValue(const FieldPlan& field, Place place) {
  place.out = Room(place.out, kRoom);
  if (field.is_repeated) {
    *place.out++ = field.open;
    *place.out++ = field.close;
  } else if (HasPresence(*field.descriptor)) {
    std::memcpy(place.out, "null", 4);
    place.out += 4;
  } else {
    place = Default(field, place);
  }
  return place;
}

// The value that a field without presence has where it is not on the wire.
WirePrinter::Place WirePrinter::Default(const FieldPlan& field, Place place) {
  place.out = Room(place.out, kRoom);
  if (field.kind == ValueKind::kMessage) {
    return Message(*field.message, place, {place.at, 0});
  }
  if (field.kind >= ValueKind::kString) {
    *place.out++ = '"';
    *place.out++ = '"';
    return place;
  }
  const google::protobuf::FieldDescriptor& descriptor = *field.descriptor;
  const int number =
      descriptor.enum_type() != nullptr ? descriptor.default_value_enum()->number() : 0;
  place.out = Number(field, static_cast<uint64_t>(int64_t{number}), place.out);
  return place;
}

WirePrinter::Place WirePrinter::Unknown(uint32_t tag, Place place, Scope scope) {
  place.at = SkipValue(tag, place.at, scope.end);
  ++unknown_fields_;
  return place;
}

const uint8_t* WirePrinter::SkipValue(uint32_t tag, const uint8_t* at, const uint8_t* end) {
  if (tag >> 3 == 0) return Failed(at, "a field has the number 0").at;
  uint64_t bits = 0;
  size_t length = 0;
  const uint8_t* after = nullptr;
  switch (tag & 7) {
    case kWireVarint:
      after = ReadVarint(at, end, bits);
      break;
    case kWireFixed64:
      after = ReadFixed64(at, end, bits);
      break;
    case kWireFixed32:
      after = ReadFixed32(at, end, bits);
      break;
    case kWireLength:
      after = ReadLength(at, end, length);
      if (after != nullptr) after += length;
      break;
    case kWireGroup:
      return SkipGroup(tag >> 3, at, end);
    case kWireEndGroup:
      return Failed(at, absl::StrCat("the group ", tag >> 3, " ends, which is not open")).at;
    default:
      return Failed(at, absl::StrCat("the field ", tag >> 3, " has the wire type ", tag & 7,
                                     ", which does not exist"))
          .at;
  }
  if (after == nullptr) Failed(at, absl::StrCat("the field ", tag >> 3, " is cut short"));
  return after;
}

const uint8_t* WirePrinter::SkipGroup(uint32_t number, const uint8_t* at, const uint8_t* end) {
  if (++depth_ > options_.max_depth)
    return Failed(at, "groups are nested too deep", EventFault::kTooDeep).at;
  while (at < end) {
    const uint8_t* const begin = at;
    uint32_t tag = 0;
    at = ReadTag(at, end, tag);
    if (at == nullptr) return Failed(begin, "a tag is broken").at;
    if (tag == (number << 3 | kWireEndGroup)) {
      --depth_;
      return at;
    }
    at = SkipValue(tag, at, end);
    if (at == nullptr) return nullptr;
  }
  return Failed(at, absl::StrCat("the group ", number, " does not end")).at;
}

char* WirePrinter::Grown(char* out, size_t bytes) {
  out_.set_at(out);
  out_.Reserve(bytes);
  return out_.at();
}

WirePrinter::Place WirePrinter::SecondLook(Place place) {
  outcome_ = Outcome::kSecondLook;
  return {nullptr, place.out};
}

WirePrinter::Place WirePrinter::Failed(const uint8_t* at, absl::string_view what, EventFault kind) {
  outcome_ = Outcome::kFault;
  fault_kind_ = kind;
  what_ = std::string(what);
  fault_at_ = static_cast<size_t>(at - begin_);
  return {nullptr, nullptr};
}

WirePrinter::Place WirePrinter::FailedIn(const FieldPlan& field, const uint8_t* at,
                                         absl::string_view what, EventFault kind) {
  const Place place = Failed(at, what, kind);
  is_of_field_ = true;
  return AddToPath(field, place);
}

WirePrinter::Place WirePrinter::AddToPath(const FieldPlan& field, Place place) {
  if (outcome_ != Outcome::kFault) return place;
  const google::protobuf::FieldDescriptor& descriptor = *field.descriptor;
  path_.push_back(descriptor.is_extension() ? absl::StrCat(".[", descriptor.full_name(), "]")
                                            : absl::StrCat(".", descriptor.name()));
  return place;
}

std::string WirePrinter::Fault(const MessagePlan& plan) const {
  std::string path = plan.type->full_name();
  for (auto part = path_.rbegin(); part != path_.rend(); ++part) path += *part;
  return is_of_field_ ? absl::StrCat("at byte ", fault_at_, ", ", path, " ", what_)
                      : absl::StrCat("at byte ", fault_at_, " in ", path, ", ", what_);
}

}  // namespace sluice
