// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Keeps hostile or broken files away from protobuf's linker, which calls itself along nesting and
// names, compares ranges pair by pair, and stores the full name of each element.
//
// Bounds: names of 1,024 bytes (full ones 4,096), nesting of 64, 2,000 imports a file, 512 ranges a
//         type, and, over all files, elements and their full names of 512 MiB.
class DescriptorLimits final {
 public:
  // Takes the file's share. RESOURCE_EXHAUSTED that names the element and the limit.
  absl::Status Take(const google::protobuf::FileDescriptorProto& file);

 private:
  // The elements of one kind in `prefix`.
  template <typename Elements>
  absl::Status TakeNames(const Elements& elements, const std::string& prefix);
  absl::Status TakeName(absl::string_view name, const std::string& prefix);
  absl::Status TakeMessage(const google::protobuf::DescriptorProto& message,
                           const std::string& prefix, int depth);
  absl::Status TakeEnum(const google::protobuf::EnumDescriptorProto& type,
                        const std::string& prefix);
  absl::Status TakeRanges(size_t count, const std::string& type);

  size_t left_bytes_ = 512u << 20;
};

// Files that a compiler has made hold every option in its final form; one that is still text would
// be parsed again here, without limits. Also refuses an option (sluice.v1.stream) whose bytes are
// no sluice.v1.StreamOptions. INVALID_ARGUMENT that names the element.
absl::Status CheckCompiled(const google::protobuf::FileDescriptorProto& file);

}  // namespace sluice
