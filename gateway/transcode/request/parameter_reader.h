// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/dynamic_types.h"
#include "gateway/transcode/request/field_slot.h"
#include "gateway/transcode/request/parameter_path.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// Fills a message from query parameters, one after the other, and remembers what was given: what
// could be meant in two ways is an error. A value is given once, whole or in parts, never both.
//
// Values are words (scalars, enums, Timestamp, Duration, FieldMask, wrappers) or, where the JSON of
// the field's type is an object, an array or of any kind, JSON.
//
// Bounds:    what is remembered grows with the names that were given, and no more.
// Ownership: borrows the types and the message, which nobody else may change meanwhile.
// Threads:   one.
// Errors:    INVALID_ARGUMENT that says what is wrong, without the parameter's name. The message is
//            of no use then.
class ParameterReader final {
 public:
  ParameterReader(const DynamicTypes& types, int max_depth, google::protobuf::Message& message)
      : types_(types), max_depth_(max_depth), message_(message) {}
  ParameterReader(const ParameterReader&) = delete;
  ParameterReader& operator=(const ParameterReader&) = delete;

  // Both percent-decoded.
  absl::Status Set(absl::string_view name, absl::string_view value);

 private:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // What was given of a field or an entry.
  struct Given {
    bool whole = false;
    bool in_parts = false;     // or as elements of a list
    Message* entry = nullptr;  // of a map, once it is there
    // By a field's number, or by 0 and the key of an entry.
    std::map<std::pair<int, std::string>, std::unique_ptr<Given>> inside;

    Given& At(int number, const std::string& key);
  };
  enum class Share { kWhole, kElement };

  absl::Status SetWords(const ParameterPath& path, absl::string_view words);
  absl::Status SetJson(const ParameterPath& path, absl::string_view name, absl::string_view text);
  // Makes the messages on the way. Errors: the path's end was given already, or another member of a
  // oneof.
  absl::StatusOr<FieldSlot> Claim(const ParameterPath& path, Share share);
  absl::StatusOr<Message*> FindEntry(const ParameterPath::Step& step, Message& holder,
                                     Given& given);

  const DynamicTypes& types_;
  const int max_depth_;
  Message& message_;
  Given given_;
};

}  // namespace sluice
