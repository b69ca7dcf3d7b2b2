// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/event_fault.h"
#include "gateway/transcode/json_options.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// Writes messages as canonical proto3 JSON on one line: fields in the order of the .proto, map
// entries sorted by key, no raw control bytes, always valid UTF-8.
//
// Bounds:    at most `max_depth` messages in each other, those inside of an Any included.
// Ownership: borrows the types and the text that it appends to.
// Threads:   one.
// Errors:    a FaultError that names the type or field and what has no JSON: bytes that are not
//            UTF-8, a Timestamp out of range, an Any of an unknown type, …. What was appended by
//            then is of no use.
class MessagePrinter final {
 public:
  struct Options {
    const DynamicTypes& types;  // for what lies in an Any
    int max_depth;
    JsonOptions json = {};
  };

  MessagePrinter(const Options& options, std::string& out) : options_(options), out_(out) {}
  MessagePrinter(const MessagePrinter&) = delete;
  MessagePrinter& operator=(const MessagePrinter&) = delete;

  absl::Status Print(const google::protobuf::Message& message);

  // The bare value of a singular field, which may be a message.
  absl::Status PrintValue(const google::protobuf::Message& message,
                          const google::protobuf::FieldDescriptor& field);

  // Fields that the schema does not know; they were left out.
  size_t unknown_fields() const { return unknown_fields_; }

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // Each appends something and returns true, or says in `fault_` why not. `depth` counts the
  // messages around, the one given included.
  bool Json(const Message& message, int depth);
  bool Object(const Message& message, int depth);
  bool Members(const Message& message, int depth);
  bool Member(const Message& message, const Field& field, int depth);
  bool Repeated(const Message& message, const Field& field, int depth);
  bool Single(const Message& message, const Field& field, int depth);
  bool List(const Message& message, const Field& field, int depth);
  bool Element(const Message& message, const Field& field, int index);
  bool Map(const Message& message, const Field& field, int depth);
  bool Enum(const Field& field, int number);
  // A number of 64 bits.
  void Whole(const std::string& digits);
  bool String(const Field& field, const std::string& text);
  bool Any(const Message& any, int depth);
  bool AnyBytes(absl::string_view url, absl::string_view wire);
  bool Time(const Message& message);
  bool FieldMask(const Message& mask);
  bool Value(const Message& value, int depth);

  static size_t UnknownFieldsIn(const Message& message) {
    return static_cast<size_t>(message.GetReflection()->GetUnknownFields(message).field_count());
  }
  void Comma(char opening);
  bool Fail(EventFault fault, absl::string_view what);
  absl::Status Result(bool ok) const;

  const Options options_;
  std::string& out_;
  absl::Status fault_;
  size_t unknown_fields_ = 0;
};

}  // namespace sluice
