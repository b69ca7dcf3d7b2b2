// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/schema/file_linker.h"
#include "gateway/schema/service_set.h"
#include "gateway/schema/source/proto_text.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace sluice {

// File name ⇒ text.
using ProtoTexts = std::map<std::string, std::string>;

// A folder of files, gone with the object.
class TempFolder final {
 public:
  explicit TempFolder(const ProtoTexts& files = {}) {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-XXXXXX").string();
    path_ = mkdtemp(name.data()) == nullptr ? "" : name;
    for (const auto& [file, text] : files) Write(file, text);
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Write(const std::string& file, const std::string& bytes) const {
    const std::filesystem::path path = std::filesystem::path(path_) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The files as a compiler makes them, options in their final form; only those given.
inline std::vector<google::protobuf::FileDescriptorProto> CompileTexts(const ProtoTexts& texts) {
  Problems problems;
  std::map<std::string, std::unique_ptr<ProtoText>> parsed;
  for (const auto& [name, text] : texts) parsed[name] = ParseProtoText(name, text, problems);
  FileLinker linker([&parsed](const std::string& name) {
    FileLinker::Source source;
    if (parsed[name] != nullptr) source.file = &parsed[name]->file;
    return source;
  });
  std::vector<google::protobuf::FileDescriptorProto> files;
  for (const auto& [name, text] : texts) {
    const google::protobuf::FileDescriptor* file = linker.Link(name);
    if (file != nullptr) file->CopyTo(&files.emplace_back());
  }
  EXPECT_EQ(ToText(problems), "");
  EXPECT_EQ(ToText(linker.problems()), "");
  return files;
}

inline std::vector<std::string> NamesOf(const ServiceSet& set) {
  std::vector<std::string> names;
  for (const auto* service : set.services()) names.push_back(service->full_name());
  return names;
}

}  // namespace sluice
