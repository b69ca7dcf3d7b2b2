// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/file_linker.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Files that a compiler has made elsewhere, by name, from reflection or descriptor sets.
//
// Bounds:  1,000 problems.
// Threads: one.
class CompiledFiles final {
 public:
  // Where a service stands.
  struct Home {
    std::string source;
    std::string file;  // empty: nowhere
    std::string short_name;
  };

  // `source` is the place of problems that have no better one.
  explicit CompiledFiles(std::string source);

  // The same file again is fine; with other content it is a problem, and the first counts.
  void Add(const std::string& source, google::protobuf::FileDescriptorProto file);

  FileLinker::Source Find(const std::string& name) const;
  Home HomeOf(const std::string& service) const;
  // In the order in which the files came.
  const std::vector<std::string>& services() const { return services_; }

  void Report(const std::string& where, const std::string& what);
  const Problems& problems() const { return problems_; }

 private:
  struct File {
    google::protobuf::FileDescriptorProto file;
    std::string broken;  // what is wrong with it; empty: nothing
  };

  const std::string source_;
  std::map<std::string, File> files_;
  std::map<std::string, Home> homes_;
  std::vector<std::string> services_;
  Problems problems_;
};

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

}  // namespace sluice
