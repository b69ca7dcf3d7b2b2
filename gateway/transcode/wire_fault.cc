// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/wire_fault.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/utf8.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr int kMaxVarintBytes = 10;

enum WireType { kVarint = 0, kFixed64 = 1, kLength = 2, kGroup = 3, kEndGroup = 4, kFixed32 = 5 };

// One search for the first fault.
class Search final {
 public:
  explicit Search(absl::string_view wire) : wire_(wire) {}

  // Reads the fields of `type` (null: unknown) up to `end`, or in the group `group` to its end. 0:
  // no group. False at the first fault.
  struct Scope {
    const Descriptor* type = nullptr;
    size_t end = 0;
    uint32_t group = 0;
    int depth = 0;  // messages that may still lie inside
  };
  bool Fields(const Scope& scope);

  const WireFault& fault() const { return fault_; }

 private:
  bool Fail(absl::string_view what, EventFault kind = EventFault::kMalformed) {
    fault_ = {kind, absl::StrCat("at byte ", at_, ", ", what)};
    return false;
  }
  std::optional<uint64_t> Varint(size_t end);
  bool Skip(uint64_t bytes, const Scope& scope, absl::string_view name);
  bool Content(uint64_t length, const Scope& scope, const FieldDescriptor* field);

  const absl::string_view wire_;
  size_t at_ = 0;
  WireFault fault_;
};

std::optional<uint64_t> Search::Varint(size_t end) {
  uint64_t value = 0;
  for (int i = 0; i < kMaxVarintBytes && at_ + static_cast<size_t>(i) < end; ++i) {
    const auto byte = static_cast<unsigned char>(wire_[at_ + static_cast<size_t>(i)]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      at_ += static_cast<size_t>(i) + 1;
      return value;
    }
  }
  return {};
}

bool Search::Skip(uint64_t bytes, const Scope& scope, absl::string_view name) {
  if (bytes > scope.end - at_) return Fail(absl::StrCat(name, " is cut short"));
  at_ += static_cast<size_t>(bytes);
  return true;
}

bool Search::Content(uint64_t length, const Scope& scope, const FieldDescriptor* field) {
  const absl::string_view bytes = wire_.substr(at_, static_cast<size_t>(length));
  if (field == nullptr) return Skip(length, scope, "an unknown field");
  if (field->type() == FieldDescriptor::TYPE_STRING &&
      field->file()->syntax() == FileDescriptor::SYNTAX_PROTO3 && !IsValidUtf8(bytes)) {
    return Fail(absl::StrCat(field->full_name(), " is not valid UTF-8"), EventFault::kNotUtf8);
  }
  if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
    if (scope.depth <= 0) return Fail("messages are nested too deep", EventFault::kTooDeep);
    return Fields({field->message_type(), at_ + static_cast<size_t>(length), 0, scope.depth - 1});
  }
  return Skip(length, scope, field->full_name());
}

bool Search::Fields(const Scope& scope) {
  while (at_ < scope.end) {
    const std::optional<uint64_t> tag = Varint(scope.end);
    if (!tag || *tag > std::numeric_limits<uint32_t>::max()) return Fail("a tag is broken");
    const auto number = static_cast<uint32_t>(*tag >> 3);
    if (number == 0) return Fail("a field has the number 0");
    const FieldDescriptor* field =
        scope.type != nullptr ? scope.type->FindFieldByNumber(static_cast<int>(number)) : nullptr;
    const std::string name =
        field != nullptr ? field->full_name() : absl::StrCat("the unknown field ", number);
    switch (*tag & 7) {
      case kVarint:
        if (!Varint(scope.end)) return Fail(absl::StrCat(name, " is not a whole varint"));
        break;
      case kFixed64:
        if (!Skip(8, scope, name)) return false;
        break;
      case kFixed32:
        if (!Skip(4, scope, name)) return false;
        break;
      case kLength: {
        const std::optional<uint64_t> length = Varint(scope.end);
        if (!length || *length > scope.end - at_) return Fail(absl::StrCat(name, " is cut short"));
        if (!Content(*length, scope, field)) return false;
        break;
      }
      case kGroup: {
        if (scope.depth <= 0) return Fail("groups are nested too deep", EventFault::kTooDeep);
        const bool known = field != nullptr && field->type() == FieldDescriptor::TYPE_GROUP;
        if (!Fields(
                {known ? field->message_type() : nullptr, scope.end, number, scope.depth - 1})) {
          return false;
        }
        break;
      }
      case kEndGroup:
        if (scope.group == number) return true;
        return Fail(absl::StrCat("the group ", number, " ends, which is not open"));
      default:
        return Fail(absl::StrCat(name, " has the wire type ", *tag & 7, ", which does not exist"));
    }
  }
  if (scope.group != 0) return Fail(absl::StrCat("the group ", scope.group, " does not end"));
  return true;
}

}  // namespace

WireFault FindWireFault(absl::string_view wire, int max_depth, const Descriptor& type) {
  Search search(wire);
  if (search.Fields({&type, wire.size(), 0, max_depth - 1}))
    return {.text = "its bytes are malformed"};
  return search.fault();
}

}  // namespace sluice
