// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflected_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using ::testing::ElementsAre;

internal::FileDescriptorResponse AnswerWith(const std::vector<std::string>& names,
                                            const std::string& package = "") {
  internal::FileDescriptorResponse answer;
  for (const std::string& name : names) {
    google::protobuf::FileDescriptorProto file;
    file.set_name(name);
    file.set_package(package);
    file.add_dependency(name + ".import");
    answer.add_file_descriptor_proto(file.SerializeAsString());
  }
  return answer;
}

TEST(ReflectedFiles, KeepEachContentOnceWithTheAnswersThatBroughtIt) {
  ReflectedFiles files;
  ASSERT_TRUE(files.Add(AnswerWith({"a", "b"})).ok());
  ASSERT_TRUE(files.Add(AnswerWith({"b"})).ok());
  ASSERT_TRUE(files.Add(AnswerWith({"b"}, "other")).ok());
  ASSERT_EQ(files.files().size(), 3u);
  EXPECT_THAT(files.files()[1].groups, ElementsAre(1, 2));
  EXPECT_THAT(files.files()[2].groups, ElementsAre(3));
  EXPECT_TRUE(files.Has("b"));
  EXPECT_FALSE(files.Has("c"));
}

TEST(ReflectedFiles, TellEachImportOnce) {
  ReflectedFiles files;
  ASSERT_TRUE(files.Add(AnswerWith({"a", "b"})).ok());
  EXPECT_THAT(files.TakeImports(), ElementsAre("a.import", "b.import"));
  EXPECT_THAT(files.TakeImports(), ElementsAre());
}

TEST(ReflectedFiles, SayWhatDoesNotParse) {
  ReflectedFiles files;
  internal::FileDescriptorResponse answer;
  answer.add_file_descriptor_proto("\xff\xff");
  answer.add_file_descriptor_proto("");
  ASSERT_TRUE(files.Add(answer).ok());
  EXPECT_EQ(files.TakeProblems().size(), 2u);
}

}  // namespace
}  // namespace sluice
