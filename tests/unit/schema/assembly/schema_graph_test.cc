// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_graph.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using testing::UnorderedElementsAre;

TEST(SchemaGraph, ResolvesNamesFromTheInnermostScopeOut) {
  const std::vector<std::string> files = {FileOf("1.proto", "p.q", "T", "inner"),
                                          FileOf("2.proto", "q", "T", "outer"),
                                          FileOf("3.proto", "other", "T", "third")};
  const auto with = [&files](const std::string& name) {
    std::vector<std::string> all = files;
    all.push_back(UserOf(name));
    return FirstTypeIn(*SetOfLoose(all));
  };
  EXPECT_EQ(with("q.T"), "1.proto:p.q.T:inner");
  EXPECT_EQ(with(".q.T"), "2.proto:q.T:outer");
  EXPECT_EQ(with("other.T"), "3.proto:other.T:third");
}

TEST(SchemaGraph, TakesABundledTypeThatNobodyImports) {
  EXPECT_EQ(FirstTypeIn(*SetOfLoose({UserOf(".google.protobuf.Timestamp")})),
            "google/protobuf/timestamp.proto:google.protobuf.Timestamp:seconds");
  EXPECT_EQ(FirstTypeIn(*SetOfLoose({UserOf("google.type.Money")})),
            "google/type/money.proto:google.type.Money:currency_code");
}

TEST(SchemaGraph, DropsOptionsThatNobodyCanRead) {
  FileDescriptorProto file = LooseProto(
      FileWithMessage("field { name: 'a' number: 1 type: TYPE_INT32 options { } } options { }"));
  file.mutable_options()->mutable_unknown_fields()->AddVarint(50000, 1);
  auto& message = *file.mutable_message_type(0);
  message.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(1071, "\xff\xff");
  message.mutable_field(0)->mutable_options()->mutable_unknown_fields()->AddFixed32(1071, 7);
  auto& method = *file.mutable_service(0)->mutable_method(0);
  method.mutable_options()->mutable_unknown_fields()->AddLengthDelimited(50561, "\x1a\x7f");
  const auto set = ServiceSet::FromFiles("main", {file}, {});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_NE(AnswerOf(*set), nullptr);
}

TEST(SchemaGraph, LeavesOutTheMethodsThatNeedWhatIsMissing) {
  const auto set = SetOfLoose(
      {"name: 'a.proto' package: 'p' syntax: 'proto3' dependency: 'gone.proto'"
       " message_type { name: 'Bad' field { name: 'x' number: 1 type_name: '.gone.T' } }"
       " message_type { name: 'Around' field { name: 'bad' number: 1 type_name: 'Bad' } }"
       " message_type { name: 'Good' } service { name: 'S'"
       " method { name: 'One' input_type: 'Good' output_type: 'Around' }"
       " method { name: 'Two' input_type: 'Good' output_type: 'Good' }"
       " method { name: 'Three' input_type: 'Nowhere' output_type: 'Good' } }"});
  EXPECT_THAT(Skipped(*set), UnorderedElementsAre("p.S.One", "p.S.Three"));
  ASSERT_EQ(set->services().size(), 1u);
  EXPECT_EQ(set->services()[0]->method_count(), 1);
  EXPECT_EQ(ToText(set->problems()),
            "main: method p.S.One is left out: a.proto: p.Bad.x: \".gone.T\" is not defined; "
            "missing imports: \"gone.proto\"\n"
            "main: method p.S.Three is left out: a.proto: p.S.Three: \"Nowhere\" is not defined; "
            "missing imports: \"gone.proto\"\n");
  EXPECT_EQ(set->skipped()[0].path, "/p.S/One");
}

}  // namespace
}  // namespace sluice
