// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/schema_doubt.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using Sign = SchemaDoubt::Sign;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(SchemaDoubt, HasEachSignOnceUntilItIsTaken) {
  SchemaDoubt doubt;
  EXPECT_THAT(SchemaDoubt::NamesOf(doubt.raised()), IsEmpty());
  doubt.Raise(Sign::kUnknownFields);
  doubt.Raise(Sign::kUnknownFields);
  doubt.Raise(Sign::kNotServed);
  EXPECT_THAT(SchemaDoubt::NamesOf(doubt.raised()), ElementsAre("unknown_fields", "not_served"));
  EXPECT_THAT(SchemaDoubt::NamesOf(doubt.Take()), ElementsAre("unknown_fields", "not_served"));
  EXPECT_EQ(doubt.Take(), 0u);
}

TEST(SchemaDoubt, SeesANewConnectionAfterACallThatReachedNobody) {
  SchemaDoubt doubt;
  doubt.CallAccepted();
  doubt.CallEnded(absl::StatusCode::kOk);
  doubt.CallAccepted();
  EXPECT_EQ(doubt.Take(), 0u);
  doubt.CallEnded(absl::StatusCode::kUnavailable);
  EXPECT_EQ(doubt.Take(), 0u);
  doubt.CallAccepted();
  EXPECT_EQ(doubt.Take(), SchemaDoubt::Only(Sign::kReconnected));
  doubt.CallAccepted();
  EXPECT_EQ(doubt.Take(), 0u);
}

TEST(SchemaDoubt, TakesAMethodThatTheServiceDoesNotKnowForASign) {
  SchemaDoubt doubt;
  doubt.CallEnded(absl::StatusCode::kNotFound);
  EXPECT_EQ(doubt.Take(), 0u);
  doubt.CallEnded(absl::StatusCode::kUnimplemented);
  EXPECT_EQ(doubt.Take(), SchemaDoubt::Only(Sign::kUnimplemented));
}

}  // namespace
}  // namespace sluice
