// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/bundled_protos.h"

#include <cassert>
#include <map>

#include "gateway/base/text/problem.h"
#include "gateway/schema/editions/feature_set.h"
#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/bundled_texts.h"
#include "gateway/schema/source/proto_text.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

// Copied from the descriptors that are compiled into the program, so that they always fit its
// generated code.
constexpr const char* kCompiledIn[] = {
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
};

using Files = std::map<std::string, FileDescriptorProto>;

// What newer files extend: for features of their languages, and for names in JSON.
void AddNewer(FileDescriptorProto& descriptor_proto) {
  *descriptor_proto.add_message_type() = FeatureSetDefinition();
  for (DescriptorProto& message : *descriptor_proto.mutable_message_type()) {
    if (message.name() != "EnumValueOptions") continue;
    auto& range = *message.add_extension_range();
    range.set_start(900);
    range.set_end(999);  // 999 is a field
  }
}

Files LoadFiles() {
  Files files;
  for (const BundledText& text : BundledTexts()) {
    Problems problems;
    const std::unique_ptr<ProtoText> parsed = ParseProtoText(text.name, text.text, problems);
    assert(problems.empty());
    files[text.name] = parsed->file;
  }
  for (const char* name : kCompiledIn) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file != nullptr) file->CopyTo(&files[name]);
  }
  AddNewer(files["google/protobuf/descriptor.proto"]);
  const FileDescriptor& stream = *sluice::v1::StreamOptions::descriptor()->file();
  stream.CopyTo(&files[stream.name()]);
  return files;
}

const Files& BundledFiles() {
  static const Files& files = *new Files(LoadFiles());
  return files;
}

}  // namespace

const FileDescriptorProto* FindBundledFile(const std::string& name) {
  const auto found = BundledFiles().find(name);
  return found == BundledFiles().end() ? nullptr : &found->second;
}

const std::vector<std::string>& BundledFileNames() {
  static const std::vector<std::string>& names = *[] {
    auto* all = new std::vector<std::string>;
    for (const auto& [name, file] : BundledFiles()) all->push_back(name);
    return all;
  }();
  return names;
}

const DescriptorPool& BundledPool() {
  static const DescriptorPool& pool = *[] {
    FileLinker linker([](const std::string&) { return FileLinker::Source{}; });
    for (const std::string& name : BundledFileNames()) linker.Link(name);
    assert(linker.problems().empty());
    return linker.TakePool().release();
  }();
  return pool;
}

}  // namespace sluice
