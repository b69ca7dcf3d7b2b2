// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"

namespace sluice {

// The folders in which .proto files and their imports are looked up, in order.
//
// Bounds:  LargestSchemaFile(schema_bytes).
// Threads: immutable; any.
class ProtoFolders final {
 public:
  // No folders: the current one.
  explicit ProtoFolders(const std::vector<std::string>& folders,
                        size_t schema_bytes = kDefaultSchemaBytes);

  // A problem for each folder that does not exist.
  Problems Check() const;

  // The name by which .proto files would import the file that an operator named: `./a/b.proto` and
  // `protos/a/b.proto` are `a/b.proto` where `protos` is one of the folders.
  std::string ImportName(const std::string& file) const;

  // The text of a file, by the name with which it is imported. NOT_FOUND: no folder has it; other
  // errors say why it cannot be read.
  absl::StatusOr<std::string> Read(const std::string& name) const;

  // `protos, vendor`.
  std::string ToString() const;

 private:
  std::vector<std::string> folders_;
  const size_t schema_bytes_;
};

// The bytes of a regular file. Errors say what is wrong, without the name.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t longest_bytes);

}  // namespace sluice
