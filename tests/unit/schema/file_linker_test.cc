// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/file_linker.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using testing::HasSubstr;

// Files by name; the linker asks for them.
class Files final {
 public:
  FileDescriptorProto& Add(const std::string& name, const std::vector<std::string>& imports = {}) {
    FileDescriptorProto& file = files_[name];
    file.set_name(name);
    file.set_syntax("proto3");
    for (const std::string& import : imports) file.add_dependency(import);
    return file;
  }
  FileLinker::Find Find() {
    return [this](const std::string& name) {
      ++asked_[name];
      FileLinker::Source source;
      if (files_.count(name) > 0) source.file = &files_[name];
      return source;
    };
  }
  int asked(const std::string& name) { return asked_[name]; }

 private:
  std::map<std::string, FileDescriptorProto> files_;
  std::map<std::string, int> asked_;
};

TEST(FileLinker, LinksImportsFirstAndAsksForEachFileOnce) {
  Files files;
  files.Add("a", {"b", "c"});
  files.Add("b", {"c"});
  files.Add("c");
  FileLinker linker(files.Find());

  ASSERT_NE(linker.Link("a"), nullptr);
  EXPECT_NE(linker.Link("b"), nullptr);

  EXPECT_EQ(files.asked("c"), 1);
  EXPECT_EQ(ToText(linker.problems()), "");
}

TEST(FileLinker, TakesBundledFilesWhereNobodyShipsThem) {
  Files files;
  files.Add("a", {"google/protobuf/timestamp.proto", "google/api/annotations.proto"});
  FileLinker linker(files.Find());
  EXPECT_NE(linker.Link("a"), nullptr);
  EXPECT_EQ(ToText(linker.problems()), "");
}

TEST(FileLinker, PrefersTheFilesItIsGivenToTheBundledOnes) {
  Files files;
  files.Add("google/protobuf/timestamp.proto").add_message_type()->set_name("Mine");
  FileLinker linker(files.Find());
  ASSERT_NE(linker.Link("google/protobuf/timestamp.proto"), nullptr);
  const auto pool = linker.TakePool();
  EXPECT_NE(pool->FindMessageTypeByName("Mine"), nullptr);
  EXPECT_EQ(pool->FindMessageTypeByName("google.protobuf.Timestamp"), nullptr);
}

TEST(FileLinker, SaysWhereTheFaultLiesToAllThatImportIt) {
  Files files;
  files.Add("a", {"b"});
  files.Add("b", {"c"});
  files.Add("c", {"gone"});
  files.Add("d", {"b"});
  FileLinker linker(files.Find());

  EXPECT_EQ(linker.Link("a"), nullptr);
  EXPECT_EQ(linker.Link("d"), nullptr);

  EXPECT_EQ(linker.ReasonFor("a"), "c: imports \"gone\", which is missing");
  EXPECT_EQ(linker.ReasonFor("d"), linker.ReasonFor("a"));
  EXPECT_EQ(linker.problems().size(), 1u);
}

TEST(FileLinker, NamesTheFilesOfACycle) {
  Files files;
  files.Add("a", {"b"});
  files.Add("b", {"c"});
  files.Add("c", {"b"});
  files.Add("self", {"self"});
  FileLinker linker(files.Find());

  EXPECT_EQ(linker.Link("a"), nullptr);
  EXPECT_EQ(linker.Link("self"), nullptr);

  EXPECT_EQ(linker.ReasonFor("a"), "c: imports itself: b → c → b");
  EXPECT_EQ(linker.ReasonFor("self"), "self: imports itself: self → self");
}

TEST(FileLinker, DoesNotTakeTheStackForAChainOfImports) {
  Files files;
  for (int i = 0; i < 10'000; ++i) {
    files.Add(absl::StrCat("f", i), {absl::StrCat("f", i + 1)});
  }
  files.Add("f10000");
  FileLinker linker(files.Find());

  EXPECT_EQ(linker.Link("f0"), nullptr);

  EXPECT_THAT(linker.ReasonFor("f0"), HasSubstr("nested more than 1000 deep"));
  EXPECT_NE(linker.Link("f9100"), nullptr);
}

TEST(FileLinker, DoesNotSearchForEverThroughPublicImports) {
  // Each layer imports all of the layer below publicly: 40 ^ 6 ways from the top to the ground.
  Files files;
  constexpr int kWidth = 40;
  for (int layer = 0; layer < 6; ++layer) {
    for (int i = 0; i < kWidth; ++i) {
      FileDescriptorProto& file = files.Add(absl::StrCat(layer, "-", i));
      for (int below = 0; layer > 0 && below < kWidth; ++below) {
        file.add_dependency(absl::StrCat(layer - 1, "-", below));
        file.add_public_dependency(below);
      }
    }
  }
  FileLinker linker(files.Find());

  EXPECT_NE(linker.Link("2-0"), nullptr);
  EXPECT_EQ(linker.Link("5-0"), nullptr);

  EXPECT_THAT(linker.ReasonFor("5-0"), HasSubstr("are too many"));
}

TEST(FileLinker, ReportsATypeThatIsNotThereWithTheElement) {
  Files files;
  FileDescriptorProto& file = files.Add("a");
  auto* field = file.add_message_type();
  field->set_name("M");
  auto* member = field->add_field();
  member->set_name("m");
  member->set_number(1);
  member->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  member->set_type_name("Nowhere");
  FileLinker linker(files.Find());

  EXPECT_EQ(linker.Link("a"), nullptr);

  EXPECT_EQ(linker.ReasonFor("a"), "a: M.m: \"Nowhere\" is not defined.");
}

TEST(FileLinker, RefusesAWeakImportThatIsMissing) {
  Files files;
  files.Add("a", {"gone"}).add_weak_dependency(0);
  FileLinker linker(files.Find());
  EXPECT_EQ(linker.Link("a"), nullptr);
}

}  // namespace
}  // namespace sluice
