// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/source/proto_folders.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {
namespace {

TEST(ProtoFolders, LooksThroughTheFoldersInOrder) {
  const TempFolder first(ProtoTexts{{"a.proto", "first"}});
  const TempFolder second(ProtoTexts{{"a.proto", "second"}, {"b/c.proto", "other"}});
  const ProtoFolders folders({first.path(), second.path()});

  EXPECT_EQ(*folders.Read("a.proto"), "first");
  EXPECT_EQ(*folders.Read("b/c.proto"), "other");
  EXPECT_EQ(folders.Read("d.proto").status().code(), absl::StatusCode::kNotFound);
}

TEST(ProtoFolders, NeverLeavesTheFolders) {
  const TempFolder folder(ProtoTexts{{"in/a.proto", "in"}, {"secret", "out"}});
  const ProtoFolders folders({folder.path() + "/in"});

  for (const std::string& name :
       {std::string("../secret"), std::string("./a.proto"), std::string("x/../../secret"),
        folder.path() + "/secret", std::string(""), std::string("a.proto\0", 8)}) {
    EXPECT_EQ(folders.Read(name).status().code(), absl::StatusCode::kNotFound) << name;
  }
}

TEST(ProtoFolders, ReadsNeitherFoldersNorPipes) {
  const TempFolder folder(ProtoTexts{{"sub/a.proto", ""}});
  ASSERT_EQ(mkfifo((folder.path() + "/pipe").c_str(), 0600), 0);
  const ProtoFolders folders({folder.path()});

  EXPECT_EQ(folders.Read("sub").status().message(), "is not a regular file");
  EXPECT_EQ(folders.Read("pipe").status().message(), "is not a regular file");
}

TEST(ProtoFolders, ReadsNoFileThatIsTooLarge) {
  const TempFolder folder;
  const std::string path = folder.Write("large", std::string(100, 'x'));
  EXPECT_EQ(ReadWholeFile(path, 99).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadWholeFile(path, 100)->size(), 100u);
  EXPECT_EQ(ProtoFolders({folder.path()}, 400).Read("large")->size(), 100u);
  const absl::Status status = ProtoFolders({folder.path()}, 399).Read("large").status();
  EXPECT_NE(status.message().find("limits.schema"), absl::string_view::npos) << status;
}

TEST(ProtoFolders, NamesAFileAsImportsDo) {
  const TempFolder folder(ProtoTexts{{"protos/a/b.proto", ""}});
  const ProtoFolders folders({folder.path() + "/protos"});

  EXPECT_EQ(folders.ImportName("a/b.proto"), "a/b.proto");
  EXPECT_EQ(folders.ImportName("./a//b.proto"), "a/b.proto");
  EXPECT_EQ(folders.ImportName(folder.path() + "/protos/a/b.proto"), "a/b.proto");
  EXPECT_EQ(folders.ImportName("none.proto"), "none.proto");
}

TEST(ProtoFolders, ReportsAFolderThatDoesNotExist) {
  const TempFolder folder;
  EXPECT_EQ(ProtoFolders({folder.path(), "/no/such"}).Check(),
            (Problems{{"/no/such", "is not a folder"}}));
}

}  // namespace
}  // namespace sluice
