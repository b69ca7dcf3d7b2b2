// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/descriptor_limits.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using testing::HasSubstr;

std::string Refusal(const FileDescriptorProto& file) {
  DescriptorLimits limits;
  return std::string(limits.Take(file).message());
}

TEST(DescriptorLimits, TakesEveryFileThatIsCompiledIn) {
  DescriptorLimits limits;
  FileDescriptorProto file;
  FileDescriptorProto::descriptor()->file()->CopyTo(&file);
  EXPECT_TRUE(limits.Take(file).ok());
}

TEST(DescriptorLimits, RefuseLongNames) {
  FileDescriptorProto file;
  file.set_package(std::string(1'000'000, '.'));
  EXPECT_THAT(Refusal(file), HasSubstr("is longer than 8192"));
  file.set_package(std::string(8000, 'p'));
  EXPECT_EQ(Refusal(file), "");
}

TEST(DescriptorLimits, RefuseDeepNesting) {
  FileDescriptorProto file;
  DescriptorProto* message = file.add_message_type();
  for (int i = 0; i < 99; ++i) message = message->add_nested_type();
  EXPECT_EQ(Refusal(file), "");
  message->add_nested_type();
  EXPECT_EQ(Refusal(file), "types are nested more than 100 deep");
}

TEST(DescriptorLimits, TakeLargeOldTypes) {
  FileDescriptorProto file;
  DescriptorProto* message = file.add_message_type();
  for (int i = 0; i < 5000; ++i) message->add_reserved_range();
  for (int i = 0; i < 5000; ++i) message->add_reserved_name("x");
  for (int i = 0; i < 10'000; ++i) file.add_dependency("a.proto");
  EXPECT_EQ(Refusal(file), "");
}

TEST(DescriptorLimits, RefuseRangesThatTakeForEverToCompare) {
  FileDescriptorProto file;
  file.set_package("p");
  DescriptorProto* message = file.add_message_type();
  message->set_name("M");
  for (int i = 0; i < 30'000; ++i) message->add_reserved_range();
  EXPECT_EQ(Refusal(file),
            "p.M reserves 30000 names and ranges; with it, the schema takes too much memory; "
            "limits.schema (512 MiB) sets the limit");
}

TEST(DescriptorLimits, NameTheKeyThatRaisesThem) {
  FileDescriptorProto file;
  for (int i = 0; i < 20'000; ++i) file.add_message_type()->set_name("M");
  EXPECT_THAT(std::string(DescriptorLimits(1 << 20).Take(file).message()),
              HasSubstr("limits.schema (1 MiB) sets the limit"));
  EXPECT_TRUE(DescriptorLimits(8 << 20).Take(file).ok());
}

TEST(DescriptorLimits, CountAllFilesTogether) {
  FileDescriptorProto file;
  file.set_package(std::string(1000, 'p'));
  for (int i = 0; i < 30'000; ++i) file.add_message_type()->set_name("M");
  DescriptorLimits limits;
  int taken = 0;
  while (taken < 100 && limits.Take(file).ok()) ++taken;
  EXPECT_GT(taken, 1);
  EXPECT_LT(taken, 20);
}

}  // namespace
}  // namespace sluice
