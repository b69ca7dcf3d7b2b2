// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// What the name of a query parameter leads to in a request: `symbols`, `filter.member_id`,
// `labels[env]`, `filters[a].tags`, `[pkg.level]`. Valid as long as the descriptors.
//
// A name is a row of field names (proto or JSON) or extension names in brackets, with dots between
// them. The key of a map's entry, or of a Struct's member, stands in brackets after its field and
// is any text. It ends at the last byte of the name; where more can follow, since the map's values
// are messages with fields, at the first `]` with a dot or nothing after it.
//
// Bounds: at most `max_depth` messages in each other, an entry counted as one.
class ParameterPath final {
 public:
  struct Step {
    const google::protobuf::FieldDescriptor* field = nullptr;
    std::optional<std::string> key;  // of an entry; as it is written
  };

  // Errors: INVALID_ARGUMENT that names the first part that leads nowhere, and what would be right.
  static absl::StatusOr<ParameterPath> Resolve(const google::protobuf::Descriptor& type,
                                               absl::string_view name, int max_depth);

  // Never empty. All but the last lead to one message.
  const std::vector<Step>& steps() const { return steps_; }

  // What a value is for: the last field, or the value of the entry.
  const google::protobuf::FieldDescriptor& target() const;
  // How many messages are around it, the request included.
  int depth() const { return depth_; }

 private:
  class Reader;

  std::vector<Step> steps_;
  int depth_ = 0;
};

}  // namespace sluice
