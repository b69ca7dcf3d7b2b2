// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/edition.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;
using testing::HasSubstr;

FileDescriptorProto File(const std::string& syntax, int edition) {
  FileDescriptorProto file;
  if (!syntax.empty()) file.set_syntax(syntax);
  if (edition != 0) file.mutable_unknown_fields()->AddVarint(14, static_cast<uint64_t>(edition));
  return file;
}

TEST(Edition, IsReadAsCompilersWriteIt) {
  struct Row {
    FileDescriptorProto file;
    Edition wanted;
    bool is_of_edition;
  };
  for (const Row& row : {
           Row{File("", 0), Edition::kProto2, false},
           Row{File("proto2", 0), Edition::kProto2, false},
           Row{File("proto3", 0), Edition::kProto3, false},
           Row{File("proto3", 999), Edition::kProto3, false},
           Row{File("editions", 1000), Edition::k2023, true},
           Row{File("editions", 1001), Edition::k2024, true},
           Row{File("editions", 1002), Edition::k2026, true},
           Row{File("editions", 998), Edition::kProto2, true},
           Row{File("", 1000), Edition::k2023, true},
           Row{File("", 999), Edition::kProto3, true},
       }) {
    const absl::StatusOr<Edition> edition = EditionOf(row.file);
    ASSERT_TRUE(edition.ok()) << row.file.DebugString() << edition.status();
    EXPECT_EQ(*edition, row.wanted) << row.file.DebugString();
    EXPECT_EQ(IsOfEdition(row.file), row.is_of_edition) << row.file.DebugString();
  }
}

TEST(Edition, OfLaterReleasesIsRefusedByNumber) {
  for (const int number : {1, 900, 1003, 9999, 0x7fffffff}) {
    const absl::Status status = EditionOf(File("editions", number)).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::to_string(number)));
    EXPECT_THAT(std::string(status.message()), HasSubstr("2024"));
  }
  EXPECT_THAT(std::string(EditionOf(File("editions", 0)).status().message()),
              HasSubstr("names no edition"));
}

TEST(Edition, IsWrittenAsItIsRead) {
  FileDescriptorProto file;
  SetEdition(Edition::k2024, file);
  EXPECT_EQ(file.syntax(), "editions");
  EXPECT_EQ(*EditionOf(file), Edition::k2024);
}

TEST(Edition, HasAYearInText) {
  EXPECT_EQ(EditionFromText("2023"), Edition::k2023);
  EXPECT_EQ(EditionFromText("2024"), Edition::k2024);
  EXPECT_EQ(EditionFromText("2026"), Edition::k2026);
  for (const char* text : {"", "2022", "20234", "proto3", " 2023"}) {
    EXPECT_FALSE(EditionFromText(text)) << text;
  }
}

}  // namespace
}  // namespace sluice
