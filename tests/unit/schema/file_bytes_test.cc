// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/file_bytes.h"

#include <string>

#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodOptions;

constexpr int kStream = 50561;

FileDescriptorProto FileWithOption(const std::string& option) {
  FileDescriptorProto file;
  file.set_name("a.proto");
  auto* method = file.add_service()->add_method();
  method->mutable_options()->mutable_unknown_fields()->AddLengthDelimited(kStream, option);
  return file;
}

TEST(FileBytes, ReadsTheStreamOption) {
  const auto file = ParseFileBytes(FileWithOption("\x1a\x02id").SerializeAsString());
  ASSERT_TRUE(file.ok()) << file.status();
  const MethodOptions& options = file->service(0).method(0).options();
  EXPECT_EQ(options.GetExtension(sluice::v1::stream).id_field(), "id");
}

TEST(FileBytes, LeavesAMalformedStreamOptionUnread) {
  const auto file = ParseFileBytes(FileWithOption("\x1a\x7f").SerializeAsString());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->name(), "a.proto");
  const auto& unread = file->service(0).method(0).options().unknown_fields();
  ASSERT_EQ(unread.field_count(), 1);
  EXPECT_EQ(unread.field(0).number(), kStream);
}

TEST(FileBytes, ReadsTheOtherStreamOptionsWhereOneIsMalformed) {
  FileDescriptorProto file = FileWithOption("\x1a\x7f");
  *file.mutable_service(0)->add_method() = FileWithOption("\x1a\x02id").service(0).method(0);
  const auto parsed = ParseFileBytes(file.SerializeAsString());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const MethodOptions& options = parsed->service(0).method(1).options();
  EXPECT_EQ(options.GetExtension(sluice::v1::stream).id_field(), "id");
}

TEST(FileBytes, DropsOptionsThatAreStillText) {
  FileDescriptorProto file;
  file.set_name("a.proto");
  // Without `is_extension`, which protobuf requires.
  file.mutable_options()->add_uninterpreted_option()->add_name()->set_name_part("go_tag");
  file.add_message_type()->add_field()->mutable_options()->add_uninterpreted_option();
  const auto parsed = ParseFileBytes(file.SerializePartialAsString());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->options().uninterpreted_option_size(), 0);
  EXPECT_EQ(parsed->message_type(0).field(0).options().uninterpreted_option_size(), 0);
}

TEST(FileBytes, NamesTheFileThatIsNone) {
  const auto file = ParseFileBytes(
      "\x0a\x03"
      "abc\xff");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(file.status().message(), "file \"abc\" is malformed");
}

}  // namespace
}  // namespace sluice
