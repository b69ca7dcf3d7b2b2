// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/proto_folders.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

// An import must not lead out of the folders.
bool StaysInside(const std::string& name) {
  if (name.empty() || name.find('\0') != std::string::npos) return false;
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

}  // namespace

ProtoFolders::ProtoFolders(const std::vector<std::string>& folders, size_t schema_bytes)
    : folders_(folders), schema_bytes_(schema_bytes) {
  if (folders_.empty()) folders_.push_back(".");
}

Problems ProtoFolders::Check() const {
  Problems problems;
  for (const std::string& folder : folders_) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) problems.push_back({folder, "is not a folder"});
  }
  return problems;
}

std::string ProtoFolders::ImportName(const std::string& file) const {
  const std::string plain = fs::path(file).lexically_normal().string();
  if (StaysInside(plain)) {
    std::error_code error;
    for (const std::string& folder : folders_) {
      if (fs::exists(fs::path(folder) / plain, error)) return plain;
    }
  }
  for (const std::string& folder : folders_) {
    const std::string inside =
        fs::path(file).lexically_normal().lexically_relative(fs::path(folder).lexically_normal());
    if (StaysInside(inside)) return inside;
  }
  return plain;
}

absl::StatusOr<std::string> ProtoFolders::Read(const std::string& name) const {
  if (!StaysInside(name)) return absl::NotFoundError("is not a path below a folder");
  for (const std::string& folder : folders_) {
    const fs::path path = fs::path(folder) / name;
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    absl::StatusOr<std::string> text =
        ReadWholeFile(path.string(), LargestSchemaFile(schema_bytes_));
    if (!absl::IsResourceExhausted(text.status())) return text;
    return absl::ResourceExhaustedError(
        absl::StrCat(text.status().message(), SchemaLimitHint(schema_bytes_)));
  }
  return absl::NotFoundError("is in none of the folders");
}

std::string ProtoFolders::ToString() const { return absl::StrJoin(folders_, ", "); }

absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t longest_bytes) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return absl::NotFoundError("there is no such file");
  // A pipe or a device could make us wait for ever.
  if (!fs::is_regular_file(status)) return absl::InvalidArgumentError("is not a regular file");
  std::ifstream input(path, std::ios::binary);
  if (!input) return absl::PermissionDeniedError(std::strerror(errno));
  std::string bytes;
  char piece[16384];
  while (input.read(piece, sizeof piece) || input.gcount() > 0) {
    bytes.append(piece, static_cast<size_t>(input.gcount()));
    if (bytes.size() > longest_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("is larger than ", longest_bytes >> 20, " MiB"));
    }
  }
  if (input.bad()) return absl::UnknownError("cannot be read");
  return bytes;
}

}  // namespace sluice
