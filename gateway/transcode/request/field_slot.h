// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// A field of a message that is being filled from outside: sets it, or appends to it where it is
// repeated. Strict: nothing is rounded, cut or guessed.
//
// Ownership: borrows the message.
// Threads:   one.
// Errors:    INVALID_ARGUMENT that says what is wrong with the value: `"abc" is not an int32`.
class FieldSlot final {
 public:
  FieldSlot(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field)
      : message_(message), field_(field) {}

  const google::protobuf::FieldDescriptor& field() const { return field_; }

  // A value in words, as query parameters, JSON strings and the keys of JSON maps have it.
  // Timestamp, Duration, FieldMask and the wrappers are the only messages that can be put so.
  absl::Status PutText(absl::string_view text);

  // A number as JSON writes it, or a word for a real number that is none (`NaN`, `-Infinity`).
  absl::Status PutNumber(absl::string_view text);

  absl::Status PutBool(bool value);

  // The message in it, made if need be; REQUIRES: a field of messages.
  google::protobuf::Message& PutMessage();

 private:
  template <typename Number>
  void Put(Number value);
  template <typename Number>
  absl::Status PutParsed(absl::string_view text);
  absl::Status PutStringText(absl::string_view text);
  absl::Status PutBytesText(absl::string_view text);
  absl::Status PutEnumText(absl::string_view text);
  absl::Status PutEnumNumber(absl::string_view text);
  absl::Status PutGivenText(absl::string_view text);
  absl::Status PutGivenNumber(absl::string_view text);
  void DropDefault();

  google::protobuf::Message& message_;
  const google::protobuf::FieldDescriptor& field_;
};

// The JSON string of a Timestamp, Duration or FieldMask, or of a wrapper's value.
absl::Status PutMessageText(absl::string_view text, google::protobuf::Message& message);

// The key of a map's entry, in words; a number in plain digits, so that two keys that look
// different are different.
absl::Status PutMapKey(absl::string_view text, google::protobuf::Message& entry);

// The field of that proto name or JSON name, or the extension of a name in brackets
// (`[pkg.level]`); null if there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type,
                                                   absl::string_view name);

// `an int32`, `a demo.v1.Filter`: what a value of the field must be.
std::string TypeWords(const google::protobuf::FieldDescriptor& field);

}  // namespace sluice
