// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/stream_option.h"

#include "google/protobuf/unknown_field_set.h"

namespace sluice {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

bool HasUnreadStreamOption(const MethodOptions& options) {
  const UnknownFieldSet& unknown = options.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() == sluice::v1::kStreamFieldNumber) return true;
  }
  return false;
}

bool HasMalformedStreamOption(const MethodOptions& options) {
  const UnknownFieldSet& unknown = options.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const UnknownField& field = unknown.field(i);
    if (field.number() != sluice::v1::kStreamFieldNumber) continue;
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    if (!sluice::v1::StreamOptions().ParseFromString(field.length_delimited())) return true;
  }
  return false;
}

bool IsStreamOptionOurs(const DescriptorPool& pool) {
  const Descriptor* options = pool.FindMessageTypeByName("google.protobuf.MethodOptions");
  if (options == nullptr) return true;
  const FieldDescriptor* option =
      pool.FindExtensionByNumber(options, sluice::v1::kStreamFieldNumber);
  return option == nullptr || option->full_name() == "sluice.v1.stream";
}

sluice::v1::StreamOptions StreamOptionOf(const google::protobuf::MethodDescriptor& method) {
  if (!IsStreamOptionOurs(*method.file()->pool())) return {};
  return method.options().GetExtension(sluice::v1::stream);
}

}  // namespace sluice
