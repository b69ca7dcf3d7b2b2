// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/breakage.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Breakage, LeavesOutAMethodThatNeedsTwoTypesOfOneName) {
  const auto set = SetOfLoose(
      {"name: 'a.proto' package: 'p' syntax: 'proto3' dependency: 'b.proto' message_type { name:"
       " 'M' field { name: 't' number: 1 type_name: '.q.T' } field { name: 'u' number: 2 type_name:"
       " '.r.U' } } message_type { name: 'Fine' } service { name: 'S' method { name: 'Get'"
       " input_type: 'M' output_type: 'M' } method { name: 'Fine' input_type: 'Fine' output_type:"
       " 'Fine' } }",
       FileOf("b.proto", "q", "T", "x"),
       "name: 'c.proto' package: 'r' syntax: 'proto3' dependency: 'd.proto' message_type { name:"
       " 'U' field { name: 't' number: 1 type_name: '.q.T' } }",
       FileOf("d.proto", "q", "T", "y")});
  EXPECT_THAT(Skipped(*set), ElementsAre("p.S.Get"));
  EXPECT_THAT(ToText(set->problems()),
              HasSubstr("two types of one name: q.T of b.proto and that of d.proto"));
}

}  // namespace
}  // namespace sluice
