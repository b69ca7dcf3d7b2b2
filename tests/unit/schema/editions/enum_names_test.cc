// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/enum_names.h"

#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/editions/linked_texts.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueOptions;
using google::protobuf::FileDescriptorProto;

class EnumNamesTest : public testing::Test {
 protected:
  // `option` is the value of (pb.enumvalue.json) of B, serialized.
  const EnumDescriptor& TypeWith(const std::string& option) {
    FileDescriptorProto file;
    file.set_name("a.proto");
    auto& type = *file.add_enum_type();
    type.set_name("E");
    type.add_value()->set_name("A");
    type.mutable_value(0)->set_number(0);
    type.add_value()->set_name("B");
    type.mutable_value(1)->set_number(1);
    EnumValueOptions& options = *type.mutable_value(1)->mutable_options();
    options.mutable_unknown_fields()->AddLengthDelimited(998, option);
    pool_ = std::make_unique<DescriptorPool>();
    pool_->BuildFile(file);
    return *pool_->FindEnumTypeByName("E");
  }

  std::unique_ptr<DescriptorPool> pool_;
};

TEST_F(EnumNamesTest, AreThoseOfTheOption) {
  const EnumDescriptor& type = TypeWith("\x0a\x05my \"b");
  EXPECT_EQ(JsonNameOf(*type.value(0)), "A");
  EXPECT_EQ(JsonNameOf(*type.value(1)), "my \"b");
  EXPECT_EQ(FindByJsonName(type, "my \"b"), type.value(1));
  EXPECT_EQ(FindByJsonName(type, "B"), type.value(1));
  EXPECT_EQ(FindByJsonName(type, "A"), type.value(0));
  EXPECT_EQ(FindByJsonName(type, "b"), nullptr);
  EXPECT_EQ(FindByJsonName(type, ""), nullptr);
}

TEST(EnumNames, AreReadFromText) {
  const LinkedTexts texts(std::map<std::string, std::string>{
      {"a.proto",
       "edition = '2026'; import option 'google/protobuf/json_options.proto';"
       "export enum E { A = 0; B = 1 [(pb.enumvalue.json).string = 'bee']; }"}});
  EXPECT_EQ(texts.problems(), "");
  const EnumDescriptor* type = texts.pool().FindEnumTypeByName("E");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(JsonNameOf(*type->value(1)), "bee");
}

TEST_F(EnumNamesTest, StayWhereTheOptionSaysNothing) {
  for (const std::string& option :
       {std::string(), std::string("\x0a\x02\xff\xfe"), std::string("\x0a\x05x"),
        std::string("\x08\x01"), std::string("\x12\x01x"), std::string("\x0a\x00", 2)}) {
    EXPECT_EQ(JsonNameOf(*TypeWith(option).value(1)), "B");
  }
}

}  // namespace
}  // namespace sluice
