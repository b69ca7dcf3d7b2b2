// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gateway/schema/schema_files.h"
#include "sluice/internal/reflection.pb.h"

namespace sluice {

// The files that a service has sent in its answers, each content once.
//
// Bounds:  64 MiB and 10,000 files, 8 MiB each; more is RESOURCE_EXHAUSTED. What does not parse is
//          a problem.
// Threads: one.
class ReflectedFiles final {
 public:
  // The files of an answer; they belong together.
  absl::Status Add(const internal::FileDescriptorResponse& answer);

  bool Has(const std::string& name) const { return by_name_.contains(name); }
  // What files that have come since import, in their order.
  std::deque<std::string> TakeImports() { return std::exchange(imports_, {}); }

  const std::vector<LooseFile>& files() const { return files_; }
  std::vector<LooseFile> TakeFiles() { return std::move(files_); }
  Problems TakeProblems() { return std::move(problems_); }

 private:
  absl::Status AddFile(const std::string& wire);

  std::vector<LooseFile> files_;
  std::vector<size_t> hashes_;  // of the files' bytes
  absl::flat_hash_map<std::string, std::vector<size_t>> by_name_;
  std::deque<std::string> imports_;
  Problems problems_;
  size_t bytes_ = 0;
  int group_ = 0;
};

}  // namespace sluice
