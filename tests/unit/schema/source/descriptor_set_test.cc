// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/descriptor_set.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sluice/v1/stream.pb.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodOptions;
using testing::HasSubstr;

FileDescriptorProto FileWithService(const std::string& name) {
  FileDescriptorProto file;
  file.set_name(name);
  file.set_package("p");
  file.add_service()->set_name("S");
  return file;
}

// The serialized file, whose method S.Get has `bytes` as option (sluice.v1.stream).
std::string FileWithStreamOption(const std::string& bytes) {
  FileDescriptorProto file = FileWithService("bad.proto");
  auto* method = file.mutable_service(0)->add_method();
  method->set_name("Get");
  method->mutable_options()->mutable_unknown_fields()->AddLengthDelimited(50561, bytes);
  return file.SerializeAsString();
}

std::string SetOf(const std::vector<std::string>& files) {
  FileDescriptorProto carrier;
  for (const std::string& file : files) {
    carrier.mutable_unknown_fields()->AddLengthDelimited(FileDescriptorSet::kFileFieldNumber, file);
  }
  return carrier.SerializeAsString();
}

TEST(DescriptorSet, ParsesEachFileByItself) {
  const std::string good = FileWithService("good.proto").SerializeAsString();
  const DescriptorSetFiles set = ParseDescriptorSet("s", SetOf({"\x0a\x03"
                                                                "abc\xff",
                                                                good}));
  ASSERT_EQ(set.files.size(), 1u);
  EXPECT_EQ(set.files[0].name(), "good.proto");
  EXPECT_EQ(ToText(set.problems), "s: file \"abc\" is malformed; it is left out\n");
}

TEST(DescriptorSet, KeepsAFileWhoseStreamOptionIsMalformedSoThatItCanBeNamed) {
  const DescriptorSetFiles set = ParseDescriptorSet("s", SetOf({FileWithStreamOption("\x1a\x7f")}));
  EXPECT_EQ(ToText(set.problems), "");
  ASSERT_EQ(set.files.size(), 1u);
  EXPECT_EQ(set.files[0].name(), "bad.proto");
}

TEST(DescriptorSet, ReadsTheStreamOption) {
  const DescriptorSetFiles set =
      ParseDescriptorSet("s", SetOf({FileWithStreamOption("\x1a\x02id")}));
  ASSERT_EQ(set.files.size(), 1u);
  const MethodOptions& options = set.files[0].service(0).method(0).options();
  EXPECT_EQ(options.GetExtension(sluice::v1::stream).id_field(), "id");
}

TEST(DescriptorSet, RefusesWhatIsNone) {
  for (const std::string& bytes :
       {std::string(), std::string("syntax = \"proto3\";"), std::string("\x0a\xff\xff\xff\xff\x0f"),
        std::string("\x0a\x05"
                    "a"),
        std::string("\x0b\x0b\x0b"), std::string(100, '\0')}) {
    const DescriptorSetFiles set = ParseDescriptorSet("s", bytes);
    EXPECT_TRUE(set.files.empty());
    EXPECT_THAT(ToText(set.problems), HasSubstr("FileDescriptorSet")) << bytes;
  }
}

TEST(DescriptorSet, DoesNotReadFilesWithoutEnd) {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += std::string("\x0a\x00", 2);
  EXPECT_EQ(ParseDescriptorSet("s", bytes).files.size(), 20'000u);
  const DescriptorSetFiles set = ParseDescriptorSet("s", bytes, 4 << 20);
  EXPECT_EQ(set.files.size(), 1024u);
  EXPECT_EQ(ToText(set.problems),
            "s: has more than 1024 files; limits.schema (4 MiB) sets the limit\n");
}

}  // namespace
}  // namespace sluice
