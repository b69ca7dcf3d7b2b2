// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// A resolved path of fields (`meta.id`) from a message type down. All but the last are singular
// messages. Valid as long as the descriptors.
class FieldPath final {
 public:
  FieldPath() = default;

  // By proto name or JSON name, member by member. Errors: INVALID_ARGUMENT that names the first
  // member that does not exist, its message, and the nearest that does; or the member that has no
  // members.
  static absl::StatusOr<FieldPath> Resolve(const google::protobuf::Descriptor& message,
                                           absl::string_view dotted);

  bool empty() const { return fields_.empty(); }
  const std::vector<const google::protobuf::FieldDescriptor*>& fields() const { return fields_; }
  const google::protobuf::FieldDescriptor& last() const { return *fields_.back(); }
  // Proto names, dotted.
  std::string ToString() const;

 private:
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

}  // namespace sluice
