// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/text/compiled_files.h"

#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/shown.h"
#include "gateway/schema/silence.h"
#include "gateway/schema/stream_option.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::CodedInputStream;

constexpr size_t kMostFiles = 10'000;
constexpr size_t kMostProblems = 1000;

std::string FullName(const FileDescriptorProto& file, const ServiceDescriptorProto& service) {
  if (file.package().empty()) return service.name();
  return absl::StrCat(file.package(), ".", service.name());
}

// Parses without looking into options that are extensions.
bool ParseWithoutExtensions(const std::string& bytes, FileDescriptorProto& file) {
  const google::protobuf::DescriptorPool no_extensions;
  google::protobuf::DynamicMessageFactory factory;
  ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  CodedInputStream coded(&input);
  coded.SetExtensionRegistry(&no_extensions, &factory);
  return file.ParsePartialFromCodedStream(&coded);
}

std::string WhyMalformed(const std::string& bytes) {
  FileDescriptorProto file;
  const bool parsed = ParseWithoutExtensions(bytes, file);
  const std::string name = Shown(file.name());
  if (!parsed) return absl::StrCat("file \"", name, "\" is malformed");
  for (const ServiceDescriptorProto& service : file.service()) {
    for (const MethodDescriptorProto& method : service.method()) {
      if (!HasMalformedStreamOption(method.options())) continue;
      return absl::StrCat("file \"", name, "\": the option (sluice.v1.stream) of ",
                          Shown(file.package()), ".", Shown(service.name()), ".",
                          Shown(method.name()), " is no sluice.v1.StreamOptions");
    }
  }
  return absl::StrCat("file \"", name, "\" has a malformed option");
}

void ParseFile(const std::string& source, const std::string& bytes, DescriptorSetFiles& set) {
  FileDescriptorProto file;
  if (file.ParsePartialFromString(bytes) && file.IsInitialized()) {
    set.files.push_back(std::move(file));
    return;
  }
  set.problems.push_back({source, absl::StrCat(WhyMalformed(bytes), "; it is left out")});
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

DescriptorSetFiles ParseDescriptorSet(const std::string& source, absl::string_view bytes) {
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
    if (set.files.size() + set.problems.size() >= kMostFiles) {
      set.problems.push_back({source, absl::StrCat("has more than ", kMostFiles, " files")});
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
