// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/schema/field_path.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"

namespace sluice {

// Descriptors from the text of a .proto file that stands in a test. It may import bundled files.
class InlineSchema final {
 public:
  // Fails the test where the text is not right.
  explicit InlineSchema(absl::string_view proto_text);

  const google::protobuf::DescriptorPool& pool() const { return pool_; }
  const google::protobuf::Descriptor& Type(const std::string& full_name) const;
  FieldPath Path(const std::string& full_name, const std::string& dotted) const;

  // The wire format of a message in protobuf's text format.
  std::string Wire(const std::string& full_name, const std::string& text_format) const;
  // The other way round.
  std::string Text(const std::string& full_name, const std::string& wire) const;
  // What protobuf's own printer makes of the message.
  std::string ProtobufJson(const std::string& full_name, const std::string& wire) const;

 private:
  void AddBundled(const std::string& name);

  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;
};

// `bytes` as the content of a length-delimited field, with its tag.
std::string Delimited(int number, absl::string_view bytes);

}  // namespace sluice
