// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/import_circles.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

TEST(ImportCircles, RefusesFilesThatImportEachOtherByName) {
  const auto set = SetOfLoose({FileWithMessage("") + "dependency: 'b.proto'",
                               FileOf("b.proto", "q", "T", "x", "dependency: 'c.proto'"),
                               FileOf("c.proto", "q", "U", "x", "dependency: 'a.proto'"),
                               FileOf("self.proto", "r", "V", "x", "dependency: 'self.proto'"),
                               "name: 'good.proto' package: 'g' message_type { name: 'M' }"
                               " service { name: 'S' method { name: 'Get' input_type: 'M'"
                               " output_type: 'M' } }"});
  EXPECT_EQ(ToText(set->problems()),
            "main: service p.S is left out: a.proto: imports itself: a.proto → b.proto → c.proto → "
            "a.proto\n");
  ASSERT_EQ(set->services().size(), 1u);
  EXPECT_EQ(set->services()[0]->full_name(), "g.S");
}

}  // namespace
}  // namespace sluice
