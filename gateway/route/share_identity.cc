// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_identity.h"

#include <set>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptor;

// `file` and all that it imports.
void AddFile(const FileDescriptor& file, std::set<std::string>& added, std::string& text) {
  if (!added.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  proto.AppendToString(&text);
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), added, text);
}

}  // namespace

std::string ShareIdentity(const Method& method, const sluice::v1::StreamOptions& options) {
  std::string text = options.SerializeAsString();
  std::set<std::string> added;
  AddFile(*method.descriptor->file(), added, text);
  return absl::StrCat(method.upstream, " ", method.path, " ", absl::HashOf(text));
}

}  // namespace sluice
