// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/request/field_slot.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"

namespace sluice {

// Fills a message from proto3 JSON, strictly: a member that is not a field, is there under both of
// its names, or excludes another one is an error.
//
// Bounds:    at most `max_depth` messages in each other.
// Ownership: borrows the types.
// Threads:   one.
// Errors:    INVALID_ARGUMENT that names the member (`filter.symbols[2]`), the value and what would
//            be right. The message is of no use then.
class JsonReader final {
 public:
  JsonReader(const DynamicTypes& types, int max_depth) : types_(types), max_depth_(max_depth) {}
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  absl::Status Read(const nlohmann::json& json, google::protobuf::Message& message);

 private:
  using Json = nlohmann::json;
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // `depth` counts the messages around, the one given included.
  absl::Status ReadMessage(const Json& json, Message& message, int depth);
  absl::Status ReadObject(const Json& json, Message& message, int depth);
  absl::Status ReadField(const Json& json, FieldSlot slot, int depth);
  absl::Status ReadList(const Json& json, FieldSlot slot, int depth);
  absl::Status ReadMap(const Json& json, FieldSlot slot, int depth);
  absl::Status ReadSingle(const Json& json, FieldSlot slot, int depth);
  absl::Status ReadAny(const Json& json, Message& any, int depth);
  absl::Status ReadValue(const Json& json, Message& value, int depth);
  absl::Status CheckMember(const Field* field, const std::string& name, const Message& message,
                           std::set<const Field*>& seen);

  absl::Status Fault(absl::string_view what) const;
  absl::Status Unfit(const Json& json, absl::string_view wanted) const;

  const DynamicTypes& types_;
  const int max_depth_;
  std::string path_;  // to the member that is being read
};

}  // namespace sluice
