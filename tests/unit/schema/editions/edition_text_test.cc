// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/edition_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Errors final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    lines.push_back(std::to_string(line) + ":" + std::to_string(column) + " " + message);
  }
  void AddWarning(int, int, const std::string&) override {}

  std::vector<std::string> lines;
};

TEST(EditionText, IsMadeReadableWhereItStands) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row : {
           Row{"edition = \"2023\"; message M {}", "syntax=\"proto3\";  message M {}"},
           Row{"// a\nedition = '2024';\n", "// a\nsyntax=\"proto3\"; \n"},
           Row{"/* a */ edition = \"20\" \"24\";", "/* a */ syntax=\"proto3\";    "},
           // Written without a space, it is one byte too short.
           Row{"edition=\"2023\";message M {}", "syntax=\"proto3\";message M {}"},
           Row{"edition\n=\n\"2023\"\n;\nmessage M {}",
               "syntax=\"proto3\";\n \n      \n \nmessage M {}"},
           Row{"edition = \"2024\"; export message M {}",
               "syntax=\"proto3\";         message M {}"},
           Row{"edition = \"2024\";\nlocal enum E {}", "syntax=\"proto3\"; \n      enum E {}"},
           Row{"edition = \"2024\";\nmessage M { local message N {} }",
               "syntax=\"proto3\"; \nmessage M {       message N {} }"},
           Row{"edition = \"2024\";\nimport option \"a.proto\";",
               "syntax=\"proto3\"; \nimport        \"a.proto\";"},
           Row{"edition = \"2023\";\nmessage M { reserved a, b; reserved 2; }",
               "syntax=\"proto3\"; \nmessage M {              ; reserved 2; }"},
           Row{"edition = \"2023\";\nmessage M {\treserved a,\n\t\tb; }",
               "syntax=\"proto3\"; \nmessage M {\t           \n\t\t ; }"},
       }) {
    Errors errors;
    EXPECT_EQ(MakeReadable(row.text, errors).text, row.wanted) << row.text;
    EXPECT_THAT(errors.lines, IsEmpty());
  }
}

TEST(EditionText, LeavesTheSameWordsAloneWhereTheyAreNames) {
  const std::string rest =
      "message export { message edition {} }\n"
      "message M { export message = 1; repeated export local = 2; M reserved = 3; "
      "option (x) = { export: 1 local: 2 }; reserved 4; }";
  Errors errors;
  const ReadableText readable = MakeReadable("edition = \"2024\";" + rest, errors);
  EXPECT_EQ(readable.text, "syntax=\"proto3\"; " + rest);
  EXPECT_EQ(readable.edition, Edition::k2024);
}

TEST(EditionText, LeavesFilesOfASyntaxAlone) {
  for (const std::string text :
       {"", "syntax = \"proto3\"; message edition { reserved a; }",
        "message M {} edition = \"2023\";", "edition", "edition = 2023;", "export message M {}"}) {
    Errors errors;
    const ReadableText readable = MakeReadable(text, errors);
    EXPECT_EQ(readable.text, text);
    EXPECT_FALSE(readable.edition);
    EXPECT_THAT(errors.lines, IsEmpty());
  }
}

TEST(EditionText, SaysWhichEditionIsUnknown) {
  Errors errors;
  EXPECT_FALSE(MakeReadable("\n  edition = \"2099\";", errors).edition);
  EXPECT_THAT(errors.lines,
              ElementsAre("1:12 edition \"2099\" is not supported; the editions 2023, 2024 and "
                          "2026 are"));
}

TEST(EditionText, SurvivesWhatEndsTooEarly) {
  for (const std::string text :
       {"edition = \"2023\"", "edition = \"2023\";\nmessage M { reserved a, b", "edition = \"",
        "edition = \"2023\"; export", "edition = \"2023\"; import option",
        "\xef\xbb\xbf edition"}) {
    Errors errors;
    EXPECT_GE(MakeReadable(text, errors).text.size(), text.size()) << text;
  }
}

// Each statement is found from where the last one was.
TEST(EditionText, TakesNoLongerForStatementsInOneLine) {
  std::string text = "edition = \"2023\"; message M {";
  for (int i = 0; i < 200'000; ++i) text += "reserved a;";
  Errors errors;
  EXPECT_EQ(MakeReadable(text, errors).text.find("reserved"), std::string::npos);
}

}  // namespace
}  // namespace sluice
