// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/compiled_files.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/file_bytes.h"
#include "gateway/schema/silence.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::CodedInputStream;

constexpr size_t kMostProblems = 1000;
constexpr size_t kBytesOfFile = 4096;  // at least so much of its schema's memory

std::string FullName(const FileDescriptorProto& file, const ServiceDescriptorProto& service) {
  if (file.package().empty()) return service.name();
  return absl::StrCat(file.package(), ".", service.name());
}

void ParseFile(const std::string& source, const std::string& bytes, DescriptorSetFiles& set) {
  absl::StatusOr<FileDescriptorProto> file = ParseFileBytes(bytes);
  if (file.ok()) {
    set.files.push_back(*std::move(file));
  } else {
    set.problems.push_back({source, absl::StrCat(file.status().message(), "; it is left out")});
  }
}

}  // namespace

CompiledFiles::CompiledFiles(std::string source) : source_(std::move(source)) {}

void CompiledFiles::Add(const std::string& source, FileDescriptorProto file) {
  // Differs between compilers and their flags, and is of no use here.
  file.clear_source_code_info();
  const std::string name = file.name();
  const auto [at, is_new] = files_.try_emplace(name);
  File& kept = at->second;
  if (!is_new) {
    // protoc and its kin each bring their own version of the well-known types; all of them fit.
    if (absl::StartsWith(name, "google/protobuf/")) return;
    if (kept.file.SerializeAsString() == file.SerializeAsString()) return;
    Report(source, absl::StrCat("file \"", Shown(name),
                                "\" is there twice, with different content; the first counts"));
    return;
  }
  if (const absl::Status compiled = CheckCompiled(file); !compiled.ok()) {
    kept.broken = absl::StrCat(Shown(name), ": ", compiled.message());
  }
  for (const ServiceDescriptorProto& service : file.service()) {
    const std::string full = FullName(file, service);
    if (homes_.try_emplace(full, Home{source, name, service.name()}).second) {
      services_.push_back(full);
      continue;
    }
    Report(source, absl::StrCat("service ", Shown(full), " of file \"", Shown(name),
                                "\" is there already, in file \"", Shown(homes_[full].file), "\""));
  }
  kept.file = std::move(file);
}

FileLinker::Source CompiledFiles::Find(const std::string& name) const {
  FileLinker::Source source;
  const auto found = files_.find(name);
  if (found == files_.end()) return source;
  source.file = &found->second.file;
  source.broken = found->second.broken;
  return source;
}

CompiledFiles::Home CompiledFiles::HomeOf(const std::string& service) const {
  const auto found = homes_.find(service);
  return found == homes_.end() ? Home{source_, "", ""} : found->second;
}

void CompiledFiles::Report(const std::string& where, const std::string& what) {
  if (problems_.size() < kMostProblems) problems_.push_back({where, what});
}

DescriptorSetFiles ParseDescriptorSet(const std::string& source, absl::string_view bytes,
                                      size_t schema_bytes) {
  const size_t most_files = schema_bytes / kBytesOfFile;
  DescriptorSetFiles set;
  Silence silence;
  ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  CodedInputStream coded(&input);
  const uint32_t file_tag = WireFormatLite::MakeTag(FileDescriptorSet::kFileFieldNumber,
                                                    WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  bool good = true;
  while (good) {
    const uint32_t tag = coded.ReadTag();
    if (tag == 0) {
      good = coded.ConsumedEntireMessage();
      break;
    }
    if (tag != file_tag) {
      good = WireFormatLite::SkipField(&coded, tag);
      continue;
    }
    uint32_t size = 0;
    std::string file;
    good = coded.ReadVarint32(&size) && coded.ReadString(&file, static_cast<int>(size));
    if (!good) break;
    if (set.files.size() + set.problems.size() >= most_files) {
      set.problems.push_back({source, absl::StrCat("has more than ", most_files, " files",
                                                   SchemaLimitHint(schema_bytes))});
      return set;
    }
    ParseFile(source, file, set);
  }
  if (!good || set.files.size() + set.problems.size() == 0) {
    set.problems.push_back(
        {source,
         "is not a serialized google.protobuf.FileDescriptorSet; make one with protoc "
         "--include_imports --descriptor_set_out=FILE"});
  }
  return set;
}

}  // namespace sluice
