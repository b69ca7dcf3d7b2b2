// SPDX-License-Identifier: Apache-2.0
// The text of a .proto file, as an operator gives it: parsed, linked with the bundled files, its
// options read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/proto_text.h"
#include "gateway/schema/stream_option.h"

namespace sluice {
namespace {

constexpr char kName[] = "fuzz.proto";

void ReadOptions(const google::protobuf::FileDescriptor& file) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      static_cast<void>(StreamOptionOf(*file.service(i)->method(j)).ByteSizeLong());
    }
  }
}

void TryText(absl::string_view text) {
  Problems problems;
  const std::unique_ptr<ProtoText> parsed = ParseProtoText(kName, text, problems);
  if ((parsed == nullptr) == problems.empty()) std::abort();  // null, and nobody says why
  if (parsed == nullptr) return;
  FileLinker linker([&parsed](const std::string& name) {
    FileLinker::Source source;
    if (name == kName) {
      source.file = &parsed->file;
      source.locations = &parsed->locations;
    }
    return source;
  });
  const google::protobuf::FileDescriptor* linked = linker.Link(kName);
  if (linked != nullptr) ReadOptions(*linked);
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  sluice::TryText(absl::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
