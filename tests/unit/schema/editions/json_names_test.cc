// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/json_names.h"

#include <vector>

#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorProto;

DescriptorProto MessageOf(const std::vector<std::string>& names) {
  DescriptorProto message;
  for (const std::string& name : names) message.add_field()->set_name(name);
  return message;
}

TEST(JsonNames, AreThoseOfProtoc) {
  struct Row {
    const char* name;
    const char* wanted;
  };
  for (const Row& row : {Row{"foo_bar", "fooBar"}, Row{"foo__bar", "fooBar"}, Row{"foo_", "foo"},
                         Row{"_foo", "Foo"}, Row{"foo_2", "foo2"}, Row{"FOO_bar", "FOOBar"}}) {
    EXPECT_EQ(JsonNameOf(MessageOf({row.name}).field(0)), row.wanted) << row.name;
  }
  DescriptorProto message = MessageOf({"a"});
  message.mutable_field(0)->set_json_name("b");
  EXPECT_EQ(JsonNameOf(message.field(0)), "b");
}

TEST(JsonNames, AreInConflictWhereTheyAreTheSame) {
  EXPECT_FALSE(FindJsonNameConflict(MessageOf({"foo_bar", "foobar", "FooBar"})));
  const JsonNameConflict conflict = FindJsonNameConflict(MessageOf({"x", "foo_bar", "foo__bar"}));
  EXPECT_EQ(conflict.field, 2);
  EXPECT_EQ(conflict.other, 1);
}

TEST(JsonNames, WereComparedWithoutCaseAndUnderscores) {
  FileDescriptorProto file;
  *file.add_message_type() = MessageOf({"foo_bar", "foo_baz"});
  EXPECT_FALSE(HasLegacyJsonNames(file));
  *file.mutable_message_type(0)->add_nested_type() = MessageOf({"foo_bar", "foobar"});
  EXPECT_TRUE(HasLegacyJsonNames(file));
}

TEST(JsonNames, AreExemptByAnOption) {
  FileDescriptorProto file;
  DescriptorProto& message = *file.add_message_type();
  EXPECT_FALSE(AllowsJsonNameConflicts(message.options()));
  message.mutable_options()->mutable_unknown_fields()->AddVarint(11, 1);
  EXPECT_TRUE(AllowsJsonNameConflicts(message.options()));
  message.add_enum_type()->mutable_options()->mutable_unknown_fields()->AddVarint(6, 1);
  EXPECT_TRUE(HasLegacyJsonNames(file));
}

}  // namespace
}  // namespace sluice
