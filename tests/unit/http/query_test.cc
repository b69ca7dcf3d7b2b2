// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/query.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Shown(absl::string_view raw) {
  const absl::StatusOr<std::vector<QueryParameter>> parameters = ParseQuery(raw);
  if (!parameters.ok()) return std::string(parameters.status().message());
  std::string shown;
  for (const QueryParameter& parameter : *parameters) {
    shown += "[" + parameter.name + "|" + parameter.value + "]";
  }
  return shown;
}

TEST(Query, SplitsAndDecodes) {
  EXPECT_EQ(Shown(""), "");
  EXPECT_EQ(Shown("a=1&b=2"), "[a|1][b|2]");
  EXPECT_EQ(Shown("a=1&a=2"), "[a|1][a|2]");
  EXPECT_EQ(Shown("a"), "[a|]");
  EXPECT_EQ(Shown("a=b=c"), "[a|b=c]");
  EXPECT_EQ(Shown("&&a=1&"), "[a|1]");
  EXPECT_EQ(Shown("a=x+y%20z%2B"), "[a|x y z+]");
  EXPECT_EQ(Shown("%61%2Eb=%C3%A9"), "[a.b|\xC3\xA9]");
  EXPECT_EQ(Shown("a=%00"), std::string("[a|\0]", 5));
}

TEST(Query, SaysWhereAPercentIsWrong) {
  for (const char* raw : {"a=1&b=%", "a=1&b=%4", "a=1&b=%4x"}) {
    EXPECT_NE(Shown(raw).find("offset 6"), std::string::npos) << Shown(raw);
  }
}

TEST(Query, FindsTheFirst) {
  const std::vector<QueryParameter> parameters = *ParseQuery("a=1&a=2");
  EXPECT_EQ(*FindParameter(parameters, "a"), "1");
  EXPECT_EQ(FindParameter(parameters, "b"), nullptr);
}

}  // namespace
}  // namespace sluice
