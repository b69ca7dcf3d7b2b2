// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/transcode/inline_schema.h"

#include <memory>

#include "gateway/base/text/problem.h"
#include "gateway/schema/editions/file_lowering.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/schema/source/proto_text.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::TextFormat;

class NoErrors final : public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string&, const std::string& element, const Message*, ErrorLocation,
                const std::string& message) override {
    ADD_FAILURE() << element << ": " << message;
  }
};

}  // namespace

InlineSchema::InlineSchema(absl::string_view proto_text) {
  Problems problems;
  const std::unique_ptr<ProtoText> parsed = ParseProtoText("test.proto", proto_text, problems);
  EXPECT_EQ(ToText(problems), "");
  if (parsed == nullptr) return;
  for (const std::string& name : parsed->file.dependency()) AddBundled(name);
  NoErrors errors;
  const std::unique_ptr<FileDescriptorProto> lowered = LowerFile(parsed->file, pool_, errors);
  EXPECT_NE(pool_.BuildFile(lowered != nullptr ? *lowered : parsed->file), nullptr);
}

void InlineSchema::AddBundled(const std::string& name) {
  if (pool_.FindFileByName(name) != nullptr) return;
  const FileDescriptorProto* file = FindBundledFile(name);
  ASSERT_NE(file, nullptr) << name;
  for (const std::string& import : file->dependency()) AddBundled(import);
  ASSERT_NE(pool_.BuildFile(*file), nullptr) << name;
}

const Descriptor& InlineSchema::Type(const std::string& full_name) const {
  const Descriptor* type = pool_.FindMessageTypeByName(full_name);
  EXPECT_NE(type, nullptr) << full_name;
  return *type;
}

FieldPath InlineSchema::Path(const std::string& full_name, const std::string& dotted) const {
  absl::StatusOr<FieldPath> path = FieldPath::Resolve(Type(full_name), dotted);
  EXPECT_TRUE(path.ok()) << path.status();
  return *path;
}

std::string InlineSchema::Wire(const std::string& full_name, const std::string& text_format) const {
  const std::unique_ptr<Message> message(factory_.GetPrototype(&Type(full_name))->New());
  TextFormat::Parser parser;
  parser.AllowPartialMessage(true);
  EXPECT_TRUE(parser.ParseFromString(text_format, message.get())) << text_format;
  return message->SerializePartialAsString();
}

std::string InlineSchema::Text(const std::string& full_name, const std::string& wire) const {
  const std::unique_ptr<Message> message(factory_.GetPrototype(&Type(full_name))->New());
  EXPECT_TRUE(message->ParsePartialFromString(wire));
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  EXPECT_TRUE(printer.PrintToString(*message, &text));
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string InlineSchema::ProtobufJson(const std::string& full_name,
                                       const std::string& wire) const {
  const std::unique_ptr<Message> message(factory_.GetPrototype(&Type(full_name))->New());
  EXPECT_TRUE(message->ParseFromString(wire));
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(*message, &json);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return json;
}

std::string Delimited(int number, absl::string_view bytes) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.WriteTag(static_cast<uint32_t>(number) << 3 | 2);
  output.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  output.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
  output.Trim();
  return out;
}

}  // namespace sluice
