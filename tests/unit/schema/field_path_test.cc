// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/field_path.h"

#include <string>
#include <vector>

#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;

// Types that are compiled in and have what paths can meet.
const Descriptor& File() { return *FileDescriptorProto::descriptor(); }
const Descriptor& Field() { return *FieldDescriptorProto::descriptor(); }

std::string Error(const Descriptor& message, absl::string_view path) {
  return std::string(FieldPath::Resolve(message, path).status().message());
}

TEST(FieldPath, ResolvesByProtoNameAndByJsonName) {
  EXPECT_EQ(FieldPath::Resolve(Field(), "type_name")->last().name(), "type_name");
  EXPECT_EQ(FieldPath::Resolve(Field(), "typeName")->ToString(), "type_name");
}

TEST(FieldPath, FollowsMessagesMemberByMember) {
  const absl::StatusOr<FieldPath> path = FieldPath::Resolve(File(), "options.javaPackage");
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->ToString(), "options.java_package");
  EXPECT_EQ(path->fields().size(), 2u);
  EXPECT_FALSE(path->empty());
}

TEST(FieldPath, MayEndInAListOrAMessage) {
  EXPECT_TRUE(FieldPath::Resolve(File(), "message_type").ok());
  EXPECT_TRUE(FieldPath::Resolve(File(), "options").ok());
}

TEST(FieldPath, NamesTheMemberThatDoesNotExistAndTheNearest) {
  EXPECT_EQ(Error(File(), "options.java_pakage"),
            "there is no field \"java_pakage\" in google.protobuf.FileOptions; did you mean "
            "\"java_package\"?");
  EXPECT_EQ(Error(File(), "zzz"),
            "there is no field \"zzz\" in google.protobuf.FileDescriptorProto");
}

TEST(FieldPath, NamesTheMemberThatHasNoMembers) {
  EXPECT_EQ(Error(File(), "name.first"),
            "field \"name\" of google.protobuf.FileDescriptorProto is no message, so \"first\" "
            "cannot follow it");
  EXPECT_EQ(Error(File(), "message_type.name"),
            "field \"message_type\" of google.protobuf.FileDescriptorProto is a list, so \"name\" "
            "cannot follow it");
}

TEST(FieldPath, RefusesWhatIsNoPath) {
  EXPECT_EQ(Error(File(), ""), "the field path is empty");
  EXPECT_NE(Error(File(), "."), "");
  EXPECT_NE(Error(File(), "options."), "");
  EXPECT_NE(Error(File(), ".options"), "");
  EXPECT_NE(Error(File(), std::string(1'000'000, '.')), "");
  EXPECT_TRUE(FieldPath().empty());
}

}  // namespace
}  // namespace sluice
