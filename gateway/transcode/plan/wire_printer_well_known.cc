// SPDX-License-Identifier: Apache-2.0
// The message types whose JSON is not an object of their fields, for WirePrinter. A plan has one of
// these forms only where the type has exactly the fields that it should have.
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/transcode/plan/number_writer.h"
#include "gateway/transcode/plan/time_text.h"
#include "gateway/transcode/plan/wire_printer.h"

namespace sluice {

WirePrinter::Place WirePrinter::WellKnownForm(const MessagePlan& plan, Place place, Scope scope) {
  place.out = Room(place.out, kRoom);
  switch (plan.form) {
    case WellKnown::kAny:
      return Any(plan, place, scope);
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
      return Time(plan, place, scope);
    case WellKnown::kFieldMask:
      return FieldMask(plan, place, scope);
    case WellKnown::kValue:
      return StructValue(plan, place, scope);
    case WellKnown::kStruct:
    case WellKnown::kListValue:
      return OnlyList(plan, place, scope);
    case WellKnown::kWrapper:
      return Wrapper(plan, place, scope);
    case WellKnown::kNone:
      break;
  }
  return SecondLook(place);
}

WirePrinter::Next WirePrinter::NextField(const MessagePlan& plan, Place place, Scope scope) {
  while (place.at < scope.end) {
    const uint8_t* const begin = place.at;
    uint32_t tag = 0;
    place.at = ReadTag(begin, scope.end, tag);
    if (place.at == nullptr) return {nullptr, Failed(begin, "a tag is broken")};
    const uint32_t index = plan.IndexOf(tag);
    if (index != 0) return {&plan.fields[index - 1], place};
    place = Unknown(tag, place, scope);
    if (place.at == nullptr) break;
  }
  return {nullptr, place};
}

WirePrinter::Place WirePrinter::Time(const MessagePlan& plan, Place place, Scope scope) {
  const uint8_t* const begin = place.at;
  uint64_t parts[2] = {0, 0};
  Next next = NextField(plan, place, scope);
  for (; next.field != nullptr; next = NextField(plan, next.place, scope)) {
    const uint8_t* const at = next.place.at;
    next.place.at = ReadVarint(at, scope.end, parts[next.field->number() - 1]);
    if (next.place.at == nullptr) return FailedIn(*next.field, at, "is cut short");
  }
  if (next.place.at == nullptr) return next.place;
  const auto seconds = static_cast<int64_t>(parts[0]);
  const auto nanos = static_cast<int32_t>(parts[1]);
  char* const out = plan.form == WellKnown::kTimestamp
                        ? WriteTimestamp(seconds, nanos, next.place.out)
                        : WriteDuration(seconds, nanos, next.place.out);
  if (out != nullptr) return {next.place.at, out};
  return Failed(begin,
                absl::StrCat("a ", plan.type->full_name(), " of ", seconds, " s and ", nanos,
                             " ns is out of range"),
                EventFault::kOutOfRange);
}

WirePrinter::Place WirePrinter::FieldMask(const MessagePlan& plan, Place place, Scope scope) {
  *place.out++ = '"';
  Next next = NextField(plan, place, scope);
  for (; next.field != nullptr; next = NextField(plan, next.place, scope)) {
    const uint8_t* const at = next.place.at;
    size_t length = 0;
    const uint8_t* const begin = ReadLength(at, scope.end, length);
    if (begin == nullptr) return FailedIn(*next.field, at, "is cut short");
    const absl::string_view path(reinterpret_cast<const char*>(begin), length);
    const std::optional<std::string> text = FieldMaskPathText(path);
    char* out = Room(next.place.out, 2 * length + kRoom);
    if (text.has_value()) {
      const auto* const bytes = reinterpret_cast<const uint8_t*>(text->data());
      const uint8_t* const end = bytes + text->size();
      out = WriteEscaped({bytes, end, end}, out, out_);
    }
    if (!text.has_value() || out == nullptr) {
      return FailedIn(*next.field, begin,
                      absl::StrCat("is \"", Shown(path), "\", which has no JSON"),
                      text.has_value() ? EventFault::kNotUtf8 : EventFault::kFieldMask);
    }
    *out++ = ',';
    next.place = {begin + length, out};
  }
  if (next.place.at == nullptr) return next.place;
  if (next.place.out[-1] == ',') --next.place.out;
  *next.place.out++ = '"';
  return next.place;
}

WirePrinter::Place WirePrinter::StructValue(const MessagePlan& plan, Place place, Scope scope) {
  constexpr uint32_t kNumberValue = 2;
  const uint8_t* const begin = place.at;
  bool given = false;
  Next next = NextField(plan, place, scope);
  for (; next.field != nullptr; next = NextField(plan, next.place, scope)) {
    if (given && !options_.only_looks_for_faults) return SecondLook(place);
    given = true;
    const uint8_t* const at = next.place.at;
    next.place = Value(*next.field, next.place, scope.end);
    if (next.place.at == nullptr) return next.place;
    uint64_t bits = 0;
    if (next.field->number() == kNumberValue) ReadFixed64(at, scope.end, bits);
    if (!std::isfinite(std::bit_cast<double>(bits))) {
      return FailedIn(*next.field, at, "is not finite, which has no JSON", EventFault::kValue);
    }
    next.place.out = Room(next.place.out, kRoom);
  }
  if (next.place.at != nullptr && !given) {
    return Failed(begin, "a value holds nothing", EventFault::kValue);
  }
  return next.place;
}

// A Struct or a ListValue: a list without a key.
WirePrinter::Place WirePrinter::OnlyList(const MessagePlan& plan, Place place, Scope scope) {
  const FieldPlan& list = plan.fields[0];
  *place.out++ = list.open;
  bool given = false;
  Next next = NextField(plan, place, scope);
  for (; next.field != nullptr; next = NextField(plan, next.place, scope)) {
    const bool needs_second_look = given && list.kind == ValueKind::kMap;
    if (needs_second_look && !options_.only_looks_for_faults) return SecondLook(place);
    given = true;
    next.place = Elements(list, list.tag, next.place, scope.end);
    if (next.place.at == nullptr) return next.place;
  }
  if (next.place.at == nullptr) return next.place;
  if (next.place.out[-1] == ',') --next.place.out;
  *next.place.out++ = list.close;
  return next.place;
}

WirePrinter::Place WirePrinter::Wrapper(const MessagePlan& plan, Place place, Scope scope) {
  const Next first = NextField(plan, place, scope);
  if (first.place.at == nullptr) return first.place;
  if (first.field == nullptr) return Default(plan.fields[0], first.place);
  place = Value(*first.field, first.place, scope.end);
  if (place.at == nullptr) return place;
  const Next second = NextField(plan, place, scope);
  if (second.field == nullptr) return second.place;
  if (!options_.only_looks_for_faults) return SecondLook(place);
  return Members(plan, place, scope);
}

WirePrinter::Place WirePrinter::Any(const MessagePlan& plan, Place place, Scope scope) {
  WirePiece parts[2] = {{place.at, place.at, end_}, {place.at, place.at, end_}};  // type_url, value
  bool given[2] = {false, false};
  Next next = NextField(plan, place, scope);
  for (; next.field != nullptr; next = NextField(plan, next.place, scope)) {
    const uint32_t part = next.field->number() - 1;
    if (given[part] && !options_.only_looks_for_faults) return SecondLook(place);
    given[part] = true;
    size_t length = 0;
    const uint8_t* const begin = ReadLength(next.place.at, scope.end, length);
    if (begin == nullptr) return FailedIn(*next.field, next.place.at, "is cut short");
    parts[part] = {begin, begin + length, end_};
    next.place.at = begin + length;
  }
  if (next.place.at == nullptr) return next.place;
  if (parts[0].begin == parts[0].end && parts[1].begin == parts[1].end) {
    *next.place.out++ = '{';
    *next.place.out++ = '}';
    return next.place;
  }
  const Place held = Held(parts[0], parts[1], next.place);
  return held.at == nullptr ? held : Place{next.place.at, held.out};
}

WirePrinter::Place WirePrinter::Held(WirePiece url, WirePiece wire, Place place) {
  const absl::string_view type_url(reinterpret_cast<const char*>(url.begin),
                                   static_cast<size_t>(url.end - url.begin));
  const MessagePlan* const plan = options_.book.FindByUrl(type_url);
  if (plan == nullptr && !options_.book.json().unknown_any_as_bytes) {
    return Failed(url.begin,
                  absl::StrCat("a google.protobuf.Any holds a \"", Shown(type_url),
                               "\", which the schema does not have"),
                  EventFault::kUnknownType);
  }
  constexpr absl::string_view kType = "{\"@type\":\"";
  constexpr absl::string_view kValue = "\",\"value\":";
  char* out = Room(place.out, type_url.size() + 2 * kRoom);
  std::memcpy(out, kType.data(), kType.size());
  out = WriteEscaped(url, out + kType.size(), out_);
  if (out == nullptr) {
    return Failed(url.begin, "the type_url is not valid UTF-8", EventFault::kNotUtf8);
  }
  if (plan == nullptr) return HeldBytes(wire, {wire.end, out});
  out = Room(out, kRoom);
  const Scope scope{wire.end, 0};
  if (plan->form == WellKnown::kNone && !plan->second_look_only) {
    if (++depth_ > options_.max_depth) {
      return Failed(wire.begin, "messages are nested too deep", EventFault::kTooDeep);
    }
    *out++ = '"';
    *out++ = ',';
    place = Members(*plan, {wire.begin, out}, scope);
    --depth_;
    if (place.at != nullptr && place.out[-1] == ',') --place.out;
  } else {
    std::memcpy(out, kValue.data(), kValue.size());
    place = Message(*plan, {wire.begin, out + kValue.size()}, scope);
  }
  if (place.at == nullptr) {
    if (outcome_ == Outcome::kFault) {
      path_.push_back(absl::StrCat("(", plan->type->full_name(), ")"));
    }
    return place;
  }
  *place.out++ = '}';
  return place;
}

// What an Any holds whose type nobody knows.
WirePrinter::Place WirePrinter::HeldBytes(WirePiece wire, Place place) {
  constexpr absl::string_view kValue = "\",\"@value\":\"";
  const auto length = static_cast<size_t>(wire.end - wire.begin);
  char* out = Room(place.out, kValue.size() + Base64Bytes(length) + kRoom);
  std::memcpy(out, kValue.data(), kValue.size());
  out = WriteBase64(wire.begin, length, out + kValue.size());
  *out++ = '"';
  *out++ = '}';
  return {place.at, out};
}

}  // namespace sluice
