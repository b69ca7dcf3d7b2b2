// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/file_bytes.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/stream_option.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;

bool ParseWithoutExtensions(const std::string& bytes, FileDescriptorProto& file) {
  const google::protobuf::DescriptorPool no_extensions;
  google::protobuf::DynamicMessageFactory factory;
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&input);
  coded.SetExtensionRegistry(&no_extensions, &factory);
  return file.ParsePartialFromCodedStream(&coded) && file.IsInitialized();
}

bool HasMalformedMethod(const FileDescriptorProto& file) {
  for (const ServiceDescriptorProto& service : file.service()) {
    for (const MethodDescriptorProto& method : service.method()) {
      if (HasMalformedStreamOption(method.options())) return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<FileDescriptorProto> ParseFileBytes(const std::string& bytes) {
  FileDescriptorProto file;
  if (file.ParsePartialFromString(bytes) && file.IsInitialized()) return file;
  FileDescriptorProto unread;
  const bool parsed = ParseWithoutExtensions(bytes, unread);
  if (parsed && HasMalformedMethod(unread)) return unread;
  return absl::InvalidArgumentError(absl::StrCat(
      "file \"", Shown(unread.name()), "\" ", parsed ? "has a malformed option" : "is malformed"));
}

}  // namespace sluice
