// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/shown.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(Shown, LeavesPrintableTextAlone) {
  EXPECT_EQ(Shown("demo/v1/\"a\".proto"), "demo/v1/\"a\".proto");
}

TEST(Shown, EscapesWhatCouldForgeALineOfTheLog) {
  EXPECT_EQ(Shown("a\nb\x1b[0m\xff"), "a\\nb\\x1b[0m\\xff");
}

TEST(Shown, CutsWhatIsTooLong) { EXPECT_EQ(Shown("abcdef", 3), "abc…"); }

}  // namespace
}  // namespace sluice
