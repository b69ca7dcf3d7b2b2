// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_assembler.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptorProto;
using testing::ElementsAre;

// ---- Where a type is looked for ----

TEST(SchemaAssembler, TakesABundledFileThatIsImportedAndNotSent) {
  EXPECT_EQ(FirstTypeIn(*SetOfLoose(
                {UserOf(".google.rpc.Status", "dependency: 'google/rpc/status.proto'")})),
            "google/rpc/status.proto:google.rpc.Status:code");
}

TEST(SchemaAssembler, LooksIntoOtherServicesFilesLast) {
  SchemaFiles own{.source = "own", .files = {{.proto = LooseProto(UserOf(".q.T"))}}};
  const SchemaFiles other{.files = {{.proto = LooseProto(FileOf("t.proto", "q", "T", "theirs"))}}};
  const auto alone = ServiceSet::FromSchemaFiles(own, {});
  EXPECT_TRUE(alone->misses_names());
  EXPECT_THAT(Skipped(*alone), ElementsAre("p.S.Get"));
  const auto helped = ServiceSet::FromSchemaFiles(own, {&other});
  EXPECT_FALSE(helped->misses_names());
  EXPECT_EQ(FirstTypeIn(*helped), "t.proto:q.T:theirs");
  own.files.push_back({.proto = LooseProto(FileOf("mine.proto", "q", "T", "mine"))});
  EXPECT_EQ(FirstTypeIn(*ServiceSet::FromSchemaFiles(own, {&other})), "mine.proto:q.T:mine");
}

// ---- What is not missed ----

TEST(SchemaAssembler, MissesNoImportThatIsUsedNowhere) {
  const auto set = SetOfLoose(
      {FileWithMessage("") + "dependency: 'validate/validate.proto' dependency: 'gone.proto'"
                             " dependency: 'gone.proto' public_dependency: 9 weak_dependency: 1"});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_NE(AnswerOf(*set), nullptr);
}

TEST(SchemaAssembler, DoesNotMissTheTypesOfOptions) {
  const auto set = SetOfLoose(
      {FileWithMessage("") + "dependency: 'o.proto'",
       "name: 'o.proto' package: 'o' dependency: 'gone.proto' extension { name: 'rules' number:"
       " 1071 type: TYPE_MESSAGE type_name: '.gone.Rules' extendee: '.google.protobuf.FieldOptions'"
       " } extension { name: 'other' number: 5 type: TYPE_INT32 extendee: '.gone.Options' }"});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_NE(AnswerOf(*set), nullptr);
}

TEST(SchemaAssembler, TakesFilesMadeForLiteAndForOthersTogether) {
  const auto set =
      SetOfLoose({UserOf(".q.T", "dependency: 't.proto'"),
                  FileOf("t.proto", "q", "T", "x", "options { optimize_for: LITE_RUNTIME }")});
  EXPECT_EQ(FirstTypeIn(*set), "t.proto:q.T:x");
}

// ---- What stays broken ----

TEST(SchemaAssembler, SaysWhatTheServiceSaid) {
  SchemaFiles files{.source = "main", .services = {"a.B"}, .refusals = {{"a.B", "NOT_FOUND: x"}}};
  EXPECT_EQ(ToText(ServiceSet::FromSchemaFiles(files, {})->problems()),
            "main: service a.B is left out: no file describes it: NOT_FOUND: x\n");
}

// ---- Types of one name ----

TEST(SchemaAssembler, LeavesEachServiceTheFileThatCameWithItWhereOneNameHasTwo) {
  const auto user = [](const std::string& package) {
    return absl::StrCat("name: '", package, ".proto' package: '", package,
                        "' syntax: 'proto3' dependency: 'common.proto' message_type { name: 'M'"
                        " field { name: 't' number: 1 type_name: '.c.T' } } service { name: 'S' ",
                        kGet, "}");
  };
  SchemaFiles files{.source = "main"};
  const auto add = [&files](const std::string& text, int group) {
    files.files.push_back({.proto = LooseProto(text), .source = "main", .groups = {group}});
  };
  add(FileOf("common.proto", "c", "T", "old"), 1);
  add(user("a"), 1);
  add(user("b"), 0);
  add(FileOf("common.proto", "c", "T", "new"), 0);
  const auto set = ServiceSet::FromSchemaFiles(files, {});
  EXPECT_EQ(FirstTypeIn(*set, 0), "common.proto:c.T:old");
  EXPECT_EQ(FirstTypeIn(*set, 1), "common.proto:c.T:new");
}

// ---- All together ----

TEST(SchemaAssembler, DoesNotDependOnTheOrderOfTheFiles) {
  std::vector<std::string> texts = {
      ServiceWith("a.proto", "A", "x"),     ServiceWith("b.proto", "B", "y"),
      ServiceWith("c.proto", "C", "x"),     UserOf(".q.T"),
      FileOf("1.proto", "q", "T", "first"), FileOf("2.proto", "q", "T", "second"),
      FileOf("1.proto", "q", "T", "third")};
  std::sort(texts.begin(), texts.end());
  std::string first;
  do {
    const auto set = SetOfLoose(texts);
    std::string all = ToText(set->problems());
    for (const auto* service : set->services()) {
      const Descriptor* answer = service->method(0)->output_type();
      absl::StrAppend(&all, answer->full_name(), answer->field(0)->message_type()->file()->name(),
                      answer->field(0)->message_type()->DebugString());
    }
    if (first.empty()) first = all;
    ASSERT_EQ(all, first);
  } while (std::next_permutation(texts.begin(), texts.begin() + 4) ||
           std::next_permutation(texts.begin() + 4, texts.end()));
}

TEST(SchemaAssembler, TakesThousandsOfFiles) {
  std::vector<FileDescriptorProto> files;
  for (int i = 0; i < 5000; ++i) {
    FileDescriptorProto file =
        LooseProto(FileOf(absl::StrCat(i, ".proto"), absl::StrCat("p", i), "M", "x"));
    if (i > 0) {
      file.add_dependency(absl::StrCat(i - 1, ".proto"));
      auto& field = *file.mutable_message_type(0)->add_field();
      field.set_name("below");
      field.set_number(2);
      field.set_type_name(absl::StrCat(".p", i - 1, ".M"));
    }
    files.push_back(file);
  }
  auto& method = *files.back().add_service()->add_method();
  files.back().mutable_service(0)->set_name("S");
  method.set_name("Get");
  method.set_input_type("M");
  method.set_output_type("M");
  const auto set = ServiceSet::FromFiles("main", files, {});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_THAT(NamesOfServices(*set), ElementsAre("p4999.S"));
}

}  // namespace
}  // namespace sluice
