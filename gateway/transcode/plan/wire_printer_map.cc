// SPDX-License-Identifier: Apache-2.0
// Maps, for WirePrinter. An entry is a message of a key and a value. Either may be absent, and then
// is a default; what else an entry can be (the value first, either of them twice, unknown fields)
// nobody writes, and needs a second look.
#include "gateway/transcode/plan/wire_printer.h"

namespace sluice {
namespace {

bool StartsWith(const FieldPlan& field, const uint8_t* at, const uint8_t* end) {
  return at < end && *at == field.tag_text[0];  // the tags of 1 and 2 have one byte
}

}  // namespace

WirePrinter::Place WirePrinter::Entries(const FieldPlan& field, Place place, const uint8_t* end) {
  KeySet keys;
  while (true) {
    size_t length = 0;
    const uint8_t* const begin = ReadLength(place.at, end, length);
    if (begin == nullptr) return FailedIn(field, place.at, "is cut short");
    if (++depth_ > options_.max_depth) {
      return In(field, Failed(begin, "messages are nested too deep", EventFault::kTooDeep));
    }
    place.out = Room(place.out, kRoom);
    place = In(field, Entry(field, {begin, place.out}, begin + length, keys));
    if (place.at == nullptr) return place;
    --depth_;
    if (!NextIs(field, place.at, end)) return place;
    place.at += field.tag_bytes;
  }
}

WirePrinter::Place WirePrinter::Entry(const FieldPlan& field, Place place, const uint8_t* end,
                                      KeySet& keys) {
  const FieldPlan& key = field.message->fields[0];
  const FieldPlan& value = field.message->fields[1];
  const auto start = static_cast<size_t>(place.out - out_.written().data());
  if (StartsWith(key, place.at, end)) {
    ++place.at;
    place = Value(key, place, end);
  } else {
    place = Default(key, place);
  }
  if (place.at == nullptr) return place;
  const absl::string_view text = {out_.written().data(),
                                  static_cast<size_t>(place.out - out_.written().data())};
  if (!options_.only_looks_for_faults && !keys.Add(text, start)) return SecondLook(place);
  *place.out++ = ':';
  if (!StartsWith(value, place.at, end)) {
    place = Default(value, place);
  } else if (value.is_closed) {
    ++place.at;
    const size_t size = text.size() + 1;
    place = ClosedEnum(value, {place.at, Room(place.out, kRoom)}, end);
    if (place.at == nullptr) return place;
    char* const begin = place.out - (place.out - out_.written().data());
    // Protobuf takes an entry whose value is unknown for an unknown field.
    place.out = place.out == begin + size ? begin + start : place.out - 1;
    if (place.out == begin + start) return place.at == end ? place : SecondLook(place);
  } else {
    ++place.at;
    place = Value(value, place, end);
  }
  if (place.at == nullptr) return place;
  *place.out++ = ',';
  if (place.at == end) return place;
  // What is wrong in the rest is found by reading it like any other message.
  return options_.only_looks_for_faults ? Members(*field.message, place, {end, 0})
                                        : SecondLook(place);
}

}  // namespace sluice
