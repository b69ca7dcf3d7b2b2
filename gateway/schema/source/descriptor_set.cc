// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/descriptor_set.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/file_bytes.h"
#include "gateway/schema/silence.h"
#include "gateway/schema/source/proto_folders.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::CodedInputStream;

constexpr size_t kBytesOfFile = 4096;  // at least so much of its schema's memory

void ParseFile(const std::string& source, const std::string& bytes, DescriptorSetFiles& set) {
  absl::StatusOr<FileDescriptorProto> file = ParseFileBytes(bytes);
  if (file.ok()) {
    set.files.push_back(*std::move(file));
  } else {
    set.problems.push_back({source, absl::StrCat(file.status().message(), "; it is left out")});
  }
}

}  // namespace

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

SchemaFiles ReadDescriptorSets(const std::vector<std::string>& paths, size_t schema_bytes) {
  SchemaFiles files;
  files.source = "descriptor_set";
  for (size_t i = 0; i < paths.size(); ++i) {
    const std::string& path = paths[i];
    const absl::StatusOr<std::string> bytes = ReadWholeFile(path, LargestSchemaFile(schema_bytes));
    if (!bytes.ok()) {
      const bool is_large = absl::IsResourceExhausted(bytes.status());
      files.problems.push_back({path, absl::StrCat(bytes.status().message(),
                                                   is_large ? SchemaLimitHint(schema_bytes) : "")});
      continue;
    }
    DescriptorSetFiles set = ParseDescriptorSet(path, *bytes, schema_bytes);
    files.problems.insert(files.problems.end(), set.problems.begin(), set.problems.end());
    for (FileDescriptorProto& file : set.files) {
      files.files.push_back(
          {.proto = std::move(file), .source = path, .groups = {static_cast<int>(i)}});
    }
  }
  return files;
}

}  // namespace sluice
