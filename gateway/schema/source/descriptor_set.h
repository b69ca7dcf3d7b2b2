// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/schema_files.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// The files of a serialized google.protobuf.FileDescriptorSet. Each is parsed by itself, so that a
// malformed one leaves the others.
//
// Bounds: a file for each 4 KiB of `schema_bytes`.
struct DescriptorSetFiles {
  std::vector<google::protobuf::FileDescriptorProto> files;
  Problems problems;  // `where` is `source`
};
DescriptorSetFiles ParseDescriptorSet(const std::string& source, absl::string_view bytes,
                                      size_t schema_bytes = kDefaultSchemaBytes);

// Reads files of descriptor sets.
//
// Bounds: LargestSchemaFile each.
SchemaFiles ReadDescriptorSets(const std::vector<std::string>& paths,
                               size_t schema_bytes = kDefaultSchemaBytes);

}  // namespace sluice
