// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// The preset of `limits.schema`.
inline constexpr size_t kDefaultSchemaBytes = 512u << 20;

// In bytes: a quarter, since what is parsed takes more than its file; and not more than protobuf
// can count.
size_t LargestSchemaFile(size_t schema_bytes);

// `; limits.schema (512 MiB) sets the limit`, for whatever that key bounds.
std::string SchemaLimitHint(size_t bytes);

// Keeps hostile or broken files away from protobuf's linker, which calls itself along nesting and
// names, compares ranges pair by pair, and stores the full name of each element.
//
// Bounds: over all files `bytes` of elements, their full names, and what comparing ranges takes;
//         full names of 8,192 bytes and nesting of 100, which no compiler exceeds.
class DescriptorLimits final {
 public:
  explicit DescriptorLimits(size_t bytes = kDefaultSchemaBytes) : bytes_(bytes), left_(bytes) {}

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

  absl::Status Spend(uint64_t bytes);

  const size_t bytes_;
  uint64_t left_;
};

}  // namespace sluice
