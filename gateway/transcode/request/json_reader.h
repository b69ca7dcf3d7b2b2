// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/request/field_slot.h"
#include "gateway/transcode/request/json_document.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// Fills a message, or one field of it, from proto3 JSON, strictly: a member that is not a field, is
// there under both of its names, or excludes another one is an error. null is as if the member were
// not there, but for google.protobuf.Value and NullValue, whose value it is.
//
// Bounds:    at most `max_depth` messages in each other.
// Ownership: borrows the types.
// Threads:   one.
// Errors:    INVALID_ARGUMENT with the member's JSON pointer (`"/filter/symbols/2"`), the value and
//            what would be right. The message is of no use then.
class JsonReader final {
 public:
  // `root`: what the whole value is called in errors; empty: it need not be named.
  JsonReader(const DynamicTypes& types, int max_depth, absl::string_view root = "the body")
      : types_(types), max_depth_(max_depth), root_(root) {}
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  absl::Status Read(JsonValue json, google::protobuf::Message& message);

  // The value of one field, a list or a map as a whole. `depth` counts the messages around it.
  absl::Status ReadField(JsonValue json, FieldSlot slot, int depth);
  // The same, but of a list one more element.
  absl::Status ReadElement(JsonValue json, FieldSlot slot, int depth) {
    return ReadSingle(json, slot, depth);
  }

 private:
  using Kind = JsonValue::Kind;
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // `depth` counts the messages around, the one given included.
  absl::Status ReadMessage(JsonValue json, Message& message, int depth);
  absl::Status ReadText(JsonValue json, Message& message);
  // `besides`: a member that is no field and is not read; empty: none.
  absl::Status ReadObject(JsonValue json, Message& message, int depth, absl::string_view besides);
  absl::Status ReadMember(const Field& field, JsonValue json, Message& message, int depth);
  absl::Status ReadList(JsonValue json, FieldSlot slot, int depth);
  absl::Status ReadMap(JsonValue json, FieldSlot slot, int depth);
  absl::Status ReadEntry(absl::string_view name, JsonValue json, Message& entry, int depth);
  absl::Status ReadSingle(JsonValue json, FieldSlot slot, int depth);
  absl::Status ReadAny(JsonValue json, Message& any, int depth);
  absl::Status ReadContent(JsonValue json, Message& content, int depth);
  absl::Status ReadValue(JsonValue json, Message& value, int depth);

  absl::Status Fault(absl::string_view what) const;
  absl::Status NoSuchField(absl::string_view name, const google::protobuf::Descriptor& type) const;
  absl::Status Unfit(JsonValue json, absl::string_view wanted) const;

  const DynamicTypes& types_;
  const int max_depth_;
  const absl::string_view root_;
  std::string pointer_;  // to the member that is being read
};

}  // namespace sluice
