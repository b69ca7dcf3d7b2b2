// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "gateway/transcode/dynamic_types.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// How requests of one type are read. Built once a route.
//
// Threads: immutable; any, concurrently.
class RequestPlan final {
 public:
  struct Options {
    const google::protobuf::Descriptor* type = nullptr;
    FieldPath resume_field;  // empty: none
    std::vector<FieldPath>
        required;  // besides google.api.field_behavior = REQUIRED, which is found here
    int max_depth = kMaxMessageDepth;
  };

  explicit RequestPlan(const Options& options);
  ~RequestPlan();
  RequestPlan(const RequestPlan&) = delete;
  RequestPlan& operator=(const RequestPlan&) = delete;

 private:
  friend class RequestMessage;
  class Plan;
  std::unique_ptr<const Plan> plan_;
};

// One request message, built from text.
//
// Threads: one.
// Errors:  INVALID_ARGUMENT that names the parameter or member, the value, and what would be right.
// After
//          an error the message is of no use.
class RequestMessage final {
 public:
  // `plan` must outlive the message.
  explicit RequestMessage(const RequestPlan& plan);
  ~RequestMessage();
  RequestMessage(const RequestMessage&) = delete;
  RequestMessage& operator=(const RequestMessage&) = delete;

  // True if the request has a top-level field of that proto name or JSON name.
  bool HasField(absl::string_view name) const;

  // One query parameter, percent-decoded: a dotted path of proto or JSON names, the key of a map's
  // entry in brackets (`labels[env]`). A repeated field takes one value a call; a singular one that
  // is given twice, or whole and in parts, is an error, and so are two members of one oneof. Enums
  // by name or number, bytes as base64 or base64url, Timestamp, Duration, FieldMask and the
  // wrappers as their JSON scalars; other messages, whole maps and lists of messages as JSON.
  absl::Status SetParameter(absl::string_view name, absl::string_view value);

  // A JSON body, proto3 JSON of the whole message; strict JSON; unknown and repeated members are
  // errors. Empty text is `{}`.
  absl::Status MergeJson(absl::string_view json);

  // Puts the value of a Last-Event-ID into the resume field, instead of what it holds. False, and
  // the message stays as it was, where there is no resume field or its type does not take that
  // value.
  [[nodiscard]] bool SetResume(absl::string_view value);

  // INVALID_ARGUMENT that names every required field that is missing; in a field without presence
  // the default value counts as missing.
  absl::Status CheckRequired() const;

  // Wire format, the same bytes for the same content.
  std::string Serialize() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice
