// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/newer_options.h"

#include "gateway/schema/source/proto_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::HasSubstr;

// The file without what was read past; warnings and problems beside it.
struct ReadText {
  explicit ReadText(const std::string& text) : parsed(ParseProtoText("a.proto", text, problems)) {}

  std::string warnings() const { return parsed == nullptr ? "" : ToText(parsed->warnings); }

  Problems problems;
  std::unique_ptr<ProtoText> parsed;
};

TEST(NewerOptions, AreReadPastWithAWarning) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row : {
           Row{"message M { optional int32 a = 1 [debug_redact = true]; }",
               "a.proto:1:54: the option debug_redact changes nothing here; it is ignored\n"},
           Row{"message M { optional int32 a = 1 [retention = RETENTION_SOURCE]; }", "retention"},
           Row{"message M { optional int32 a = 1 [targets = TARGET_TYPE_FILE]; }", "targets"},
           Row{"message M { optional int32 a = 1 [edition_defaults = { edition: EDITION_2023, "
               "value: 'OPEN' }]; }",
               "edition_defaults"},
           Row{"message M { optional int32 a = 1 [feature_support.edition_introduced = "
               "EDITION_2023]; }",
               "feature_support"},
           Row{"message M { extensions 1 to 9 [verification = DECLARATION]; }", "verification"},
           Row{"message M { extensions 1 to 9 [declaration = { number: 1, full_name: '.x', type: "
               "'int32' }]; }",
               "declaration"},
           Row{"enum E { A = 0 [debug_redact = true]; }", "debug_redact"},
           Row{"enum E { A = 0 [feature_support = { edition_removed: EDITION_2024 }]; }",
               "feature_support"},
       }) {
    const ReadText read(std::string("syntax = 'proto2'; ") + row.text);
    EXPECT_EQ(ToText(read.problems), "");
    EXPECT_THAT(read.warnings(), HasSubstr(row.wanted)) << row.text;
    EXPECT_EQ(read.parsed->file.DebugString().find("uninterpreted_option"), std::string::npos);
  }
}

TEST(NewerOptions, WarnOnceAFile) {
  const ReadText read(
      "syntax = 'proto3'; message M { int32 a = 1 [debug_redact = true];\n"
      "int32 b = 2 [debug_redact = true, deprecated = true, debug_redact = false]; }");
  EXPECT_EQ(read.parsed->warnings.size(), 1u);
  const auto& b = read.parsed->file.message_type(0).field(1).options();
  ASSERT_EQ(b.uninterpreted_option_size(), 1);
  EXPECT_EQ(b.uninterpreted_option(0).name(0).name_part(), "deprecated");
}

TEST(NewerOptions, LeaveEveryOtherOption) {
  const ReadText read(
      "syntax = 'proto3'; option java_package = 'x'; option (features) = 1; option nonsense = 2;"
      "message M { option debug_redact = true; int32 a = 1 [deprecated = true]; }");
  EXPECT_EQ(read.warnings(), "");
  EXPECT_EQ(read.parsed->file.options().uninterpreted_option_size(), 3);
  EXPECT_EQ(read.parsed->file.message_type(0).options().uninterpreted_option_size(), 1);
}

TEST(NewerOptions, BringFeaturesIntoTheFormOfCompilers) {
  const ReadText read(
      "edition = '2023'; option features.enum_type = CLOSED;"
      "option features = { field_presence: IMPLICIT [pb.cpp] { string_type: CORD } };"
      "message M { oneof o { option features.field_presence = EXPLICIT; int32 a = 1; }"
      "  extensions 5 to 9 [features.enforce_naming_style = STYLE_LEGACY]; }"
      "enum E { option features.json_format = ALLOW; A = 0 [features.(pb.x).y = 1]; }"
      "service S { option features.enforce_naming_style = STYLE2024; }");
  EXPECT_EQ(ToText(read.problems), "");
  const auto& file = read.parsed->file;
  EXPECT_EQ(file.syntax(), "editions");
  EXPECT_EQ(file.options().unknown_fields().field_count(), 2);
  EXPECT_EQ(file.options().unknown_fields().field(0).number(), 50);
  EXPECT_EQ(file.options().unknown_fields().field(0).length_delimited(), "\x10\x02");
  EXPECT_EQ(file.options().unknown_fields().field(1).length_delimited(), "\x08\x02");
  const auto& message = file.message_type(0);
  EXPECT_EQ(message.oneof_decl(0).options().unknown_fields().field(0).number(), 1);
  EXPECT_EQ(message.extension_range(0).options().unknown_fields().field(0).number(), 50);
  EXPECT_EQ(file.enum_type(0).options().unknown_fields().field(0).number(), 7);
  EXPECT_EQ(file.service(0).options().unknown_fields().field(0).number(), 34);
  EXPECT_EQ(file.DebugString().find("uninterpreted_option"), std::string::npos);
}

TEST(NewerOptions, RefuseFeaturesThatDoNotExist) {
  for (const char* option :
       {"features = 1", "features = 'x'", "features.nonsense = OPEN", "features.enum_type = 'OPEN'",
        "features.enum_type.more = OPEN", "features.enum_type = 9", "features = { enum_type: }",
        "features.enum_type = -1"}) {
    const ReadText read(std::string("edition = '2023';\noption ") + option + ";");
    EXPECT_THAT(ToText(read.problems), HasSubstr("a.proto:2:8: features: ")) << option;
  }
}

}  // namespace
}  // namespace sluice
