// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/pool_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/assembly/loose_files.h"

namespace sluice {
namespace {

using testing::HasSubstr;

TEST(PoolPlan, TakesATypeThatIsDefinedAlikeTwiceForOne) {
  const auto set = SetOfLoose({ServiceWith("a.proto", "A", "x"), ServiceWith("b.proto", "B", "x")});
  EXPECT_EQ(ToText(set->problems()), "");
  ASSERT_EQ(set->services().size(), 2u);
  EXPECT_EQ(AnswerOf(*set, 0)->field(0)->message_type(),
            AnswerOf(*set, 1)->field(0)->message_type());
}

TEST(PoolPlan, LeavesEachServiceItsOwnWhereATypeDiffers) {
  const auto set = SetOfLoose({ServiceWith("a.proto", "A", "x"), ServiceWith("b.proto", "B", "y")});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_EQ(FirstTypeIn(*set, 0), "a.proto:p.T:x");
  EXPECT_EQ(FirstTypeIn(*set, 1), "b.proto:p.T:y");
}

TEST(PoolPlan, TakesFilesApartWhoseTypesDoNotNeedEachOther) {
  // As a library that makes one file of each package: no imports, and packages that use each other.
  const auto set = SetOfLoose(
      {UserOf(".q.T") + "message_type { name: 'N' }",
       "name: 'b.proto' package: 'q' syntax: 'proto3' message_type { name: 'T' field { name: 'n'"
       " number: 1 type_name: '.p.N' } }"});
  EXPECT_EQ(ToText(set->problems()), "");
  EXPECT_EQ(FirstTypeIn(*set), "b.proto:q.T:n");
}

TEST(PoolPlan, RefusesTypesThatNeedEachOtherAcrossFilesByName) {
  const auto set =
      SetOfLoose({UserOf(".q.T"),
                  "name: 'b.proto' package: 'q' syntax: 'proto3' message_type { name: 'T'"
                  " field { name: 'm' number: 1 type_name: '.p.M' } }"});
  EXPECT_THAT(ToText(set->problems()),
              HasSubstr("need each other in a circle: a.proto → b.proto → a.proto"));
}

TEST(PoolPlan, KeepsTypesThatOnlyAnAnyCanHold) {
  const auto set = SetOfLoose({FileWithMessage(""), FileOf("t.proto", "q", "T", "x")});
  ASSERT_NE(AnswerOf(*set), nullptr);
  EXPECT_NE(AnswerOf(*set)->file()->pool()->FindMessageTypeByName("q.T"), nullptr);
}

}  // namespace
}  // namespace sluice
