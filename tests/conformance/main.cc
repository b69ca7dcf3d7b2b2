// SPDX-License-Identifier: Apache-2.0
// The testee of protobuf's conformance runner: one answer for each request, over standard input and
// output, until the runner closes its end. scripts/conformance runs both.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/schema/assembly/schema_assembler.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/descriptor_set.h"
#include "gateway/schema/source/proto_text.h"
#include "tests/conformance/pipe.h"
#include "tests/conformance/testee.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Null, and what is wrong on standard error, if a file cannot be linked.
std::unique_ptr<const DescriptorPool> Link(const FileLinker::Find& find,
                                           const std::vector<std::string>& names) {
  FileLinker linker(find);
  for (const std::string& name : names) linker.Link(name);
  if (linker.problems().empty()) return linker.TakePool();
  std::cerr << ToText(linker.problems());
  return nullptr;
}

// What a newer protoc has made of the .proto files.
std::unique_ptr<const DescriptorPool> LinkCompiled() {
  DescriptorSetFiles set = ParseDescriptorSet(CONFORMANCE_TYPES, Contents(CONFORMANCE_TYPES));
  std::cerr << ToText(set.problems);
  SchemaAssembler assembler(CONFORMANCE_TYPES, kDefaultSchemaBytes);
  for (FileDescriptorProto& file : set.files) {
    assembler.AddFile({.proto = std::move(file), .source = CONFORMANCE_TYPES});
  }
  SchemaAssembler::Assembled assembled = assembler.Assemble({}, {});
  std::cerr << ToText(assembled.problems);
  return std::move(assembled.pools.front());
}

// The .proto files themselves.
std::unique_ptr<const DescriptorPool> LinkTexts() {
  std::map<std::string, std::unique_ptr<ProtoText>> texts;
  Problems problems;
  const auto find = [&](const std::string& name) {
    FileLinker::Source source;
    const std::string text = Contents(absl::StrCat(CONFORMANCE_INCLUDE, "/", name));
    if (text.empty()) return source;
    const auto& parsed = texts[name] = ParseProtoText(name, text, problems);
    if (parsed == nullptr) return source;
    source.file = &parsed->file;
    source.locations = &parsed->locations;
    return source;
  };
  std::unique_ptr<const DescriptorPool> pool = Link(find, absl::StrSplit(CONFORMANCE_TEXTS, ','));
  std::cerr << ToText(problems);
  return pool;
}

}  // namespace
}  // namespace sluice

// Takes the types from a descriptor set or, with SLUICE_CONFORMANCE=texts, from .proto files.
int main() {
  const char* source = std::getenv("SLUICE_CONFORMANCE");
  std::unique_ptr<const google::protobuf::DescriptorPool> types =
      source != nullptr && std::string(source) == "texts" ? sluice::LinkTexts()
                                                          : sluice::LinkCompiled();
  if (types == nullptr) return 2;
  sluice::ConformanceTestee testee(std::move(types));
  while (const std::optional<std::string> bytes = sluice::ReadMessage(STDIN_FILENO)) {
    conformance::ConformanceRequest request;
    conformance::ConformanceResponse response;
    if (!request.ParseFromString(*bytes)) {
      response.set_runtime_error("the request is no ConformanceRequest");
    } else if (request.message_type() == "conformance.FailureSet") {
      // The runner's first question: tests that a testee expects to fail. They stand in a file
      // instead, each with its reason.
      response.set_protobuf_payload("");
    } else {
      response = testee.Answer(request);
    }
    if (!sluice::WriteMessage(STDOUT_FILENO, response.SerializeAsString())) return 1;
  }
  return 0;
}
