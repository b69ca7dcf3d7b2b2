// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflected_files.h"

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/file_bytes.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;

constexpr size_t kMaxBytes = 64 * 1024 * 1024;
constexpr size_t kMaxFiles = 10'000;
constexpr size_t kMaxFileBytes = 8 * 1024 * 1024;
constexpr size_t kMaxProblems = 100;

}  // namespace

absl::Status ReflectedFiles::Add(const internal::FileDescriptorResponse& answer) {
  ++group_;
  for (const std::string& wire : answer.file_descriptor_proto()) {
    absl::Status added = AddFile(wire);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status ReflectedFiles::AddFile(const std::string& wire) {
  // Parsing makes of two bytes a hundred.
  if (wire.size() > kMaxFileBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("it sent a file descriptor of ", wire.size(),
                                                     " bytes; ", kMaxFileBytes, " are allowed"));
  }
  absl::StatusOr<FileDescriptorProto> file = ParseFileBytes(wire);
  if (!file.ok() || file->name().empty()) {
    if (problems_.size() < kMaxProblems) {
      problems_.push_back({"", file.ok()
                                   ? "a file without a name is left out"
                                   : absl::StrCat(file.status().message(), "; it is left out")});
    }
    return absl::OkStatus();
  }
  const size_t hash = std::hash<std::string>()(wire);
  std::vector<size_t>& versions = by_name_[file->name()];
  for (const size_t version : versions) {
    if (hashes_[version] != hash) continue;
    std::vector<int>& groups = files_[version].groups;
    if (groups.back() != group_) groups.push_back(group_);
    return absl::OkStatus();
  }
  bytes_ += wire.size();
  if (files_.size() >= kMaxFiles || bytes_ > kMaxBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("its descriptors are more than ", kMaxFiles,
                                                     " files or ", kMaxBytes, " bytes"));
  }
  versions.push_back(files_.size());
  hashes_.push_back(hash);
  for (const std::string& name : file->dependency()) imports_.push_back(name);
  files_.push_back({.proto = *std::move(file), .groups = {group_}});
  return absl::OkStatus();
}

}  // namespace sluice
