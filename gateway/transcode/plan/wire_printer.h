// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/output_buffer.h"
#include "gateway/transcode/event_fault.h"
#include "gateway/transcode/plan/key_set.h"
#include "gateway/transcode/plan/message_plan.h"
#include "gateway/transcode/plan/plan_cache.h"
#include "gateway/transcode/plan/string_text.h"

namespace sluice {

// Writes the wire bytes of a message as proto3 JSON in one pass over them: no message, no tree.
// Fields come in the order of the wire.
//
// What one pass cannot do needs a second look, by parsing and walking: a field, a member of a
// oneof or a map's key that comes again after something else did, an entry with its value first,
// and forms that no plan has (MessageSet, more than 256 fields).
//
// Bounds:    at most `max_depth` messages in each other, those inside of an Any included.
// Ownership: borrows the book, the bytes and the buffer.
// Threads:   one. One use.
// Errors:    what is wrong, in which field and at which byte. What was written then is of no use.
//            A value that is overwritten by a later one may be the reason; a second look tells.
class WirePrinter final {
 public:
  struct Options {
    const PlanCache& book;
    int max_depth;
    // Goes on where a second look is needed: what is written is of no use, but faults are found.
    bool only_looks_for_faults = false;
  };
  enum class Outcome { kDone, kSecondLook, kFault };

  WirePrinter(const Options& options, absl::string_view wire, OutputBuffer& out)
      : options_(options),
        out_(out),
        begin_(reinterpret_cast<const uint8_t*>(wire.data())),
        end_(begin_ + wire.size()) {}
  WirePrinter(const WirePrinter&) = delete;
  WirePrinter& operator=(const WirePrinter&) = delete;

  Outcome Print(const MessagePlan& plan);

  // The bare value of one field; all others are looked at, and nothing of them is written. A field
  // that is not there has its default value, a message is `null`.
  Outcome PrintField(const MessagePlan& plan, const FieldPlan& field);

  // Fields and enum values that the schema does not know; they were left out.
  size_t unknown_fields() const { return unknown_fields_; }

  // `at byte 17, demo.v1.Order.lines.price is cut short`. After kFault.
  std::string Fault(const MessagePlan& plan) const;
  EventFault fault_kind() const { return fault_kind_; }

 private:
  // How far it has been read and written. `at` is null where there is no going on: see outcome_.
  struct Place {
    const uint8_t* at;
    char* out;
  };
  // Where a message ends: at `end`, or at the end of the group of that number.
  struct Scope {
    const uint8_t* end;
    uint32_t group;
  };
  static constexpr size_t kRoom = 64;  // for any number, with what stands around it

  // wire_printer.cc
  Place Message(const MessagePlan& plan, Place place, Scope scope);
  Place Members(const MessagePlan& plan, Place place, Scope scope);
  Place EndOf(const MessagePlan& plan, const SeenSlots& seen, Place place, Scope scope);
  bool EndsGroup(uint32_t tag, Scope scope);
  Place Member(const FieldPlan& field, Place place, const uint8_t* end);
  bool IsLeftOut(const FieldPlan& field, uint64_t bits) {
    if (field.is_closed && IsUnknownEnum(field, bits)) [[unlikely]] {
      ++unknown_fields_;
      return true;
    }
    return bits == 0 && field.skips_default;
  }
  static bool IsEmptyBytes(const FieldPlan& field, const uint8_t* at, const uint8_t* end);
  Place Value(const FieldPlan& field, Place place, const uint8_t* end);
  char* Number(const FieldPlan& field, uint64_t bits, char* out);
  Place Text(const FieldPlan& field, Place place, const uint8_t* end);
  Place Nested(const FieldPlan& field, Place place, const uint8_t* end);
  Place FirstElements(const FieldPlan& field, uint32_t tag, Place place, const uint8_t* end);
  Place Elements(const FieldPlan& field, uint32_t tag, Place place, const uint8_t* end);
  Place ClosedEnum(const FieldPlan& field, Place place, const uint8_t* end);
  Place Packed(const FieldPlan& field, Place place, const uint8_t* end);
  template <ValueKind kKind>
  Place PackedOf(const FieldPlan& field, Place place, const uint8_t* end);

  // rare_printer.cc
  Place Unknown(uint32_t tag, Place place, Scope scope);
  const uint8_t* SkipValue(uint32_t tag, const uint8_t* at, const uint8_t* end);
  const uint8_t* SkipGroup(uint32_t number, const uint8_t* at, const uint8_t* end);
  Place Bare(const FieldPlan& field, WirePiece piece);
  Place BareList(const FieldPlan& field, Place place, const uint8_t* end);
  Place Default(const FieldPlan& field, Place place);
  Place AbsentValue(const FieldPlan& field, Place place);
  char* Grown(char* out, size_t bytes);
  Place SecondLook(Place place);
  Place Failed(const uint8_t* at, absl::string_view what, EventFault kind = EventFault::kMalformed);
  Place FailedIn(const FieldPlan& field, const uint8_t* at, absl::string_view what,
                 EventFault kind = EventFault::kMalformed);
  Place AddToPath(const FieldPlan& field, Place place);

  // wire_printer_map.cc
  Place Entries(const FieldPlan& field, Place place, const uint8_t* end);
  Place Entry(const FieldPlan& field, Place place, const uint8_t* end, KeySet& keys);

  // The forms of well_known.h: wire_printer_well_known.cc.
  Place WellKnownForm(const MessagePlan& plan, Place place, Scope scope);
  Place Time(const MessagePlan& plan, Place place, Scope scope);
  Place FieldMask(const MessagePlan& plan, Place place, Scope scope);
  Place StructValue(const MessagePlan& plan, Place place, Scope scope);
  Place OnlyList(const MessagePlan& plan, Place place, Scope scope);
  Place Wrapper(const MessagePlan& plan, Place place, Scope scope);
  Place Any(const MessagePlan& plan, Place place, Scope scope);
  Place Held(WirePiece url, WirePiece wire, Place place);
  Place HeldBytes(WirePiece wire, Place place);

  // The next tag of a message of a few known fields; unknown fields are skipped. Null field: the
  // message has ended.
  struct Next {
    const FieldPlan* field;
    Place place;
  };
  Next NextField(const MessagePlan& plan, Place place, Scope scope);

  // What JSON of so many bytes mostly needs.
  void ReserveAhead() {
    constexpr size_t kMost = 256 * 1024;
    out_.Reserve(std::min(2 * static_cast<size_t>(end_ - begin_), kMost) + 2 * kRoom);
  }
  char* Room(char* out, size_t bytes) {
    if (static_cast<size_t>(out_.end() - out) >= bytes) [[likely]]
      return out;
    return Grown(out, bytes);
  }
  static bool NextIs(const FieldPlan& field, const uint8_t* at, const uint8_t* end) {
    if (field.tag_bytes == 1) return at < end && *at == field.tag_text[0];
    return end - at >= field.tag_bytes &&
           std::memcmp(at, field.tag_text.data(), field.tag_bytes) == 0;
  }
  static bool IsUnknownEnum(const FieldPlan& field, uint64_t bits) {
    return field.enumeration->Find(static_cast<int32_t>(bits)) == nullptr;
  }
  // Says that what went wrong did so in `field`.
  Place In(const FieldPlan& field, Place place) {
    return place.at != nullptr ? place : AddToPath(field, place);
  }

  const Options options_;
  OutputBuffer& out_;
  const uint8_t* const begin_;
  const uint8_t* const end_;
  int depth_ = 0;
  size_t unknown_fields_ = 0;
  bool group_ended_ = false;

  Outcome outcome_ = Outcome::kDone;
  std::string what_;
  EventFault fault_kind_ = EventFault::kMalformed;
  bool is_of_field_ = false;
  size_t fault_at_ = 0;
  std::vector<std::string> path_;  // the innermost first
};

}  // namespace sluice
