// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/strong_components.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StrongComponents, CountsWhatIsLedToFirst) {
  EXPECT_THAT(StrongComponents({{1}, {2}, {}}), ElementsAre(2, 1, 0));
  EXPECT_THAT(StrongComponents({}), IsEmpty());
}

TEST(StrongComponents, PutsTogetherWhatLeadsToEachOther) {
  // 0 → 1 ⇄ 2 → 3 → 3, and 4 by itself.
  EXPECT_THAT(StrongComponents({{1}, {2}, {1, 3}, {3}, {}}), ElementsAre(2, 1, 1, 0, 3));
}

TEST(StrongComponents, DoesNotTakeTheStackForALongChain) {
  std::vector<std::vector<int>> chain(200'000);
  for (int i = 0; i + 1 < 200'000; ++i) chain[i] = {i + 1};
  EXPECT_EQ(StrongComponents(chain)[0], 199'999);
  chain.back() = {0};
  EXPECT_EQ(StrongComponents(chain)[100'000], 0);
}

TEST(ShortestCircle, LeadsBackToItsNode) {
  EXPECT_THAT(ShortestCircle({{1}, {2, 3}, {0}, {2}}, 0), ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(ShortestCircle({{0}}, 0), ElementsAre(0, 0));
  EXPECT_THAT(ShortestCircle({{1}, {}}, 0), IsEmpty());
}

}  // namespace
}  // namespace sluice
