// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/problem.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Problem, IsALineOfText) {
  EXPECT_EQ(ToText({{"sluice.yaml:3:1", "unknown key `lissen`"}, {"", "no upstream"}}),
            "sluice.yaml:3:1: unknown key `lissen`\nno upstream\n");
  EXPECT_EQ(ToText({}), "");
}

}  // namespace
}  // namespace sluice
