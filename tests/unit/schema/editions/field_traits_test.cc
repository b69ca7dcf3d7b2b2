// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/field_traits.h"

#include <cmath>

#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/editions/linked_texts.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const char kText[] =
    "edition = '2023'; option features.field_presence = IMPLICIT;"
    "enum E { A = 0; B = 1; } enum C { option features.enum_type = CLOSED; D = 1; }"
    "message M { E e = 1; repeated E es = 2; int32 i = 3; double d = 4; string s = 5;"
    "  bool b = 6; M m = 7; C c = 8 [features.field_presence = EXPLICIT];"
    "  int32 x = 9 [features.field_presence = EXPLICIT]; uint64 u = 10; float f = 11; }";

class FieldTraitsTest : public testing::Test {
 protected:
  FieldTraitsTest()
      : texts_(std::map<std::string, std::string>{{"t.proto", kText}}), message_(New()) {}

  std::unique_ptr<Message> New() {
    return std::unique_ptr<Message>(factory_.GetPrototype(&texts_.type("M"))->New());
  }
  const FieldDescriptor& Field(const std::string& name) {
    return *texts_.type("M").FindFieldByName(name);
  }
  const google::protobuf::Reflection& reflection() { return *message_->GetReflection(); }

  const LinkedTexts texts_;
  google::protobuf::DynamicMessageFactory factory_;
  const std::unique_ptr<Message> message_;
};

TEST_F(FieldTraitsTest, KnowTheEnumOfANumber) {
  EXPECT_EQ(EnumTypeOf(Field("e"))->name(), "E");
  EXPECT_EQ(CppTypeOf(Field("e")), FieldDescriptor::CPPTYPE_ENUM);
  EXPECT_TRUE(IsOpen(*EnumTypeOf(Field("e"))));
  EXPECT_EQ(EnumTypeOf(Field("c"))->name(), "C");
  EXPECT_FALSE(IsOpen(*EnumTypeOf(Field("c"))));
  EXPECT_EQ(EnumTypeOf(Field("i")), nullptr);
  EXPECT_EQ(CppTypeOf(Field("i")), FieldDescriptor::CPPTYPE_INT32);
  reflection().SetInt32(message_.get(), &Field("e"), 7);
  reflection().AddInt32(message_.get(), &Field("es"), 8);
  reflection().SetEnumValue(message_.get(), &Field("c"), 1);
  EXPECT_EQ(EnumNumberOf(*message_, Field("e")), 7);
  EXPECT_EQ(EnumNumberOf(*message_, Field("es"), 0), 8);
  EXPECT_EQ(EnumNumberOf(*message_, Field("c")), 1);
}

TEST_F(FieldTraitsTest, KnowPresence) {
  for (const char* name : {"e", "i", "d", "s", "b", "u", "f"}) {
    EXPECT_FALSE(HasPresence(Field(name))) << name;
  }
  for (const char* name : {"m", "c", "x"}) EXPECT_TRUE(HasPresence(Field(name))) << name;
  EXPECT_FALSE(HasPresence(Field("es")));
}

TEST_F(FieldTraitsTest, TakeADefaultForAbsentWithoutPresence) {
  reflection().SetInt32(message_.get(), &Field("e"), 0);
  reflection().SetInt32(message_.get(), &Field("i"), 0);
  reflection().SetInt32(message_.get(), &Field("x"), 0);
  reflection().SetDouble(message_.get(), &Field("d"), 0);
  reflection().SetFloat(message_.get(), &Field("f"), 0);
  reflection().SetString(message_.get(), &Field("s"), "");
  reflection().SetBool(message_.get(), &Field("b"), false);
  reflection().SetUInt64(message_.get(), &Field("u"), 0);
  for (const char* name : {"e", "i", "d", "f", "s", "b", "u", "m", "c"}) {
    EXPECT_FALSE(IsGiven(*message_, Field(name))) << name;
  }
  EXPECT_TRUE(IsGiven(*message_, Field("x")));
  reflection().SetDouble(message_.get(), &Field("d"), -0.0);
  reflection().SetFloat(message_.get(), &Field("f"), std::nanf(""));
  reflection().SetString(message_.get(), &Field("s"), std::string(1, '\0'));
  reflection().SetInt32(message_.get(), &Field("e"), -1);
  for (const char* name : {"d", "f", "s", "e"})
    EXPECT_TRUE(IsGiven(*message_, Field(name))) << name;
}

TEST_F(FieldTraitsTest, AskNothingOfOtherFields) {
  const auto& file = *google::protobuf::FileDescriptorProto::descriptor();
  EXPECT_TRUE(HasPresence(*file.FindFieldByName("name")));
  EXPECT_FALSE(IsLowered(*file.file()));
  EXPECT_TRUE(IsLowered(*texts_.type("M").file()));
}

}  // namespace
}  // namespace sluice
