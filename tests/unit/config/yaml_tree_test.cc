// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/yaml_tree.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Repeat(absl::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(YamlTree, HasAPlaceForEveryValue) {
  Problems problems;
  const auto tree = YamlTree::Parse("f", "a: x\nb:\n  - y\n  - \"z\"\n", problems);
  ASSERT_TRUE(tree) << ToText(problems);
  const YamlNode& root = tree->root();
  ASSERT_EQ(root.kind, YamlNode::Kind::kMap);
  ASSERT_THAT(root.pairs, SizeIs(2));
  EXPECT_EQ(root.pairs[0].second->text, "x");
  EXPECT_EQ(root.pairs[0].second->column, 4);
  const YamlNode& list = *root.pairs[1].second;
  ASSERT_THAT(list.items, SizeIs(2));
  EXPECT_EQ(list.items[1]->text, "z");
  EXPECT_EQ(list.items[1]->line, 4);
  EXPECT_EQ(list.items[1]->column, 5);
  EXPECT_EQ(list.items[0]->tag, "?");
  EXPECT_EQ(list.items[1]->tag, "!");
}

TEST(YamlTree, SharesTheNodeOfAnAlias) {
  Problems problems;
  const auto tree = YamlTree::Parse("f", "a: &x [1]\nb: *x\n", problems);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->root().pairs[0].second, tree->root().pairs[1].second);
}

TEST(YamlTree, HoldsNothingWhereNothingIsWritten) {
  for (const char* text : {"", "\n\n", "# nothing\n", "---\n", "~", "\xEF\xBB\xBF"}) {
    Problems problems;
    const auto tree = YamlTree::Parse("f", text, problems);
    ASSERT_TRUE(tree) << ToText(problems);
    EXPECT_EQ(tree->root().kind, YamlNode::Kind::kNothing) << text;
  }
}

TEST(YamlTree, AllowsTheMarksOfOneDocument) {
  Problems problems;
  EXPECT_TRUE(YamlTree::Parse("f", "---\na: 1\n...\n", problems)) << ToText(problems);
}

TEST(YamlTree, RefusesWhatIsNotOneDocumentOfText) {
  struct Row {
    std::string text;
    std::string where;
    std::string what;
  };
  const std::vector<Row> rows = {
      {"a: 1\n---\nb: 2\n", "f:2:1", "second document"},
      {"a: [1\n", "f:2:1", "is not YAML: end of sequence flow not found"},
      {"a: *x\n", "f:1:4", "is not YAML: the referenced anchor is not defined"},
      {"a: b: c\n", "f:1:5", "is not YAML: illegal map value"},
      {"a: x\nb: \xFF\n", "f:2:4", "not UTF-8"},
      {std::string("a\0b", 3), "f:1:2", "not UTF-8"},
      {Repeat("[", 100'000), "f:1:1", "nested deeper"},
      {Repeat("- ", 100'000), "f:1:1000", "nested deeper"},
      {std::string(YamlTree::kMaxBytes + 1, ' '), "f", "has more than 1MiB"},
      {absl::StrCat("[", Repeat("a,", YamlTree::kMaxNodes), "]"), "f", "more than 100000 values"},
      {absl::StrCat("[&a x,", Repeat("*a,", YamlTree::kMaxNodes), "]"), "f",
       "more than 100000 values"},
  };
  for (const Row& row : rows) {
    Problems problems;
    EXPECT_FALSE(YamlTree::Parse("f", row.text, problems));
    ASSERT_THAT(problems, SizeIs(1)) << row.what;
    EXPECT_EQ(problems[0].where, row.where) << row.what;
    EXPECT_THAT(problems[0].what, HasSubstr(row.what));
  }
}

}  // namespace
}  // namespace sluice
