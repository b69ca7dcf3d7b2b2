// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/nearest_name.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sluice {
namespace {

const std::vector<std::string> kFields = {"symbol", "price", "last_event_id", "id", "At"};

TEST(NearestName, FindsWhatWasMeant) {
  EXPECT_EQ(NearestName("symbl", kFields), "symbol");
  EXPECT_EQ(NearestName("pirce", kFields), "price");
  EXPECT_EQ(NearestName("lastEventId", kFields), "last_event_id");
  EXPECT_EQ(NearestName("last_event", kFields), "last_event_id");
  EXPECT_EQ(NearestName("PRICE", kFields), "price");
  EXPECT_EQ(NearestName("at", kFields), "At");
}

TEST(NearestName, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(NearestName("temperature", kFields), "");
  EXPECT_EQ(NearestName("", kFields), "");
  EXPECT_EQ(NearestName("x", {"y"}), "");
  EXPECT_EQ(NearestName("x", {}), "");
}

TEST(NearestName, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(NearestName("abdc", {"abxx", "abcd"}), "abcd");
}

TEST(NearestName, PrefersTheFewestEditsAndThenTheFirst) {
  EXPECT_EQ(NearestName("retrx", {"retire", "retry", "retro"}), "retry");
}

TEST(NearestName, DoesNotLookAtNamesWithoutEnd) {
  const std::string endless(1'000'000, 'a');
  EXPECT_EQ(NearestName(endless, {endless}), "");
  EXPECT_EQ(NearestName("a", {endless}), "");
}

}  // namespace
}  // namespace sluice
