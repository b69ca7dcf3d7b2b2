// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/transcode/json_options.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// What JSON stands for a message, an enum or a scalar: what a description of the API needs to know,
// be it for people or for programs.
//
// Ownership: borrows the descriptors.
// Threads:   immutable; any.
class JsonShape final {
 public:
  enum class Kind {
    kBoolean,
    kNumber,
    kString,
    kEnum,       // one of enum_type(): a string with its name, or its number
    kNull,       // google.protobuf.NullValue
    kObject,     // of the members of message_type()
    kAnyObject,  // google.protobuf.Struct
    kAnyArray,   // google.protobuf.ListValue
    kAnyValue,   // google.protobuf.Value
    kTyped,      // google.protobuf.Any: an object with "@type" and the members of that type
  };

  // A member of an object.
  struct Member;

  explicit JsonShape(const google::protobuf::Descriptor& type, const JsonOptions& options = {});
  // One value of the field: an element where it is repeated, a value where it is a map.
  static JsonShape OfValue(const google::protobuf::FieldDescriptor& field,
                           const JsonOptions& options = {});

  Kind kind() const { return kind_; }
  // What the strings or numbers are (`int64`, `base64`, `RFC 3339 time`); empty: just that.
  absl::string_view format() const { return format_; }
  // Null unless of that kind.
  const google::protobuf::EnumDescriptor* enum_type() const { return enum_type_; }
  const google::protobuf::Descriptor* message_type() const { return message_type_; }
  bool enums_are_numbers() const { return options_.enums_as_numbers; }

  // Of a kObject, in the order of the .proto, extensions behind them by number; empty for others.
  std::vector<Member> Members() const;

 private:
  explicit JsonShape(const JsonOptions& options) : options_(options) {}

  JsonOptions options_;
  Kind kind_ = Kind::kString;
  absl::string_view format_;
  const google::protobuf::EnumDescriptor* enum_type_ = nullptr;
  const google::protobuf::Descriptor* message_type_ = nullptr;
};

struct JsonShape::Member {
  enum class Holds { kOne, kArray, kMap };

  std::string name;  // as it stands in JSON
  Holds holds = Holds::kOne;
  JsonShape shape;  // of the value, of each element, or of each value of the map
  // Of the map's keys, which are strings in JSON: `string`, `int32`, `bool`.
  absl::string_view key_format;
  std::string oneof;      // empty: none
  bool required = false;  // by proto2 or google.api.field_behavior
};

}  // namespace sluice
