// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/file_bytes.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/file_normalizer.h"
#include "gateway/schema/stream_option.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

bool ParseWithoutExtensions(const std::string& bytes, FileDescriptorProto& file) {
  const google::protobuf::DescriptorPool no_extensions;
  google::protobuf::DynamicMessageFactory factory;
  google::protobuf::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&input);
  coded.SetExtensionRegistry(&no_extensions, &factory);
  return file.ParsePartialFromCodedStream(&coded);
}

// Reads the option (sluice.v1.stream) of the methods where it can be read.
void ReadStreamOptions(FileDescriptorProto& file) {
  for (ServiceDescriptorProto& service : *file.mutable_service()) {
    for (MethodDescriptorProto& method : *service.mutable_method()) {
      if (!method.has_options() || HasMalformedStreamOption(method.options())) continue;
      UnknownFieldSet& unread = *method.mutable_options()->mutable_unknown_fields();
      std::string bytes;
      for (int i = 0; i < unread.field_count(); ++i) {
        if (unread.field(i).number() != sluice::v1::kStreamFieldNumber) continue;
        if (unread.field(i).type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
        bytes += unread.field(i).length_delimited();  // of several, all count
      }
      if (bytes.empty()) continue;
      unread.DeleteByNumber(sluice::v1::kStreamFieldNumber);
      method.mutable_options()->MutableExtension(sluice::v1::stream)->ParseFromString(bytes);
    }
  }
}

}  // namespace

absl::StatusOr<FileDescriptorProto> ParseFileBytes(const std::string& bytes) {
  FileDescriptorProto file;
  bool parsed = file.ParsePartialFromString(bytes);
  if (!parsed) {
    file.Clear();
    parsed = ParseWithoutExtensions(bytes, file);
    if (parsed) ReadStreamOptions(file);
  }
  // Options that are still text may lack what protobuf requires of them.
  if (parsed) DropUninterpretedOptions(file);
  if (parsed && file.IsInitialized()) return file;
  return absl::InvalidArgumentError(absl::StrCat("file \"", Shown(file.name()), "\" is malformed"));
}

}  // namespace sluice
