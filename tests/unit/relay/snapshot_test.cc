// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/snapshot.h"

#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

TEST(OnceFlag, IsRaisedOnce) {
  OnceFlag flag;
  EXPECT_TRUE(flag.Raise());
  EXPECT_FALSE(flag.Raise());
}

TEST(Snapshot, KnowsWhichFailuresMayPass) {
  Metrics metrics;
  const Snapshot usual({.routes = std::make_shared<const RouteTable>()}, metrics);
  EXPECT_TRUE(usual.IsRetryable(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(usual.IsRetryable(absl::StatusCode::kCancelled));
  EXPECT_FALSE(usual.IsRetryable(absl::StatusCode::kDataLoss));
  RelayOptions options;
  options.retryable = {absl::StatusCode::kNotFound};
  const Snapshot own({.options = options, .routes = std::make_shared<const RouteTable>()}, metrics);
  EXPECT_TRUE(own.IsRetryable(absl::StatusCode::kNotFound));
  EXPECT_FALSE(own.IsRetryable(absl::StatusCode::kUnavailable));
}

TEST(Snapshot, WithoutRoutesFindsNothing) {
  Metrics metrics;
  const Snapshot snapshot({.routes = std::make_shared<const RouteTable>(), .pending = {"a"}},
                          metrics);
  const RouteMatch match = snapshot.routes().Match("GET", "/a.B/C");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.skipped, nullptr);
  EXPECT_EQ(snapshot.pending().size(), 1u);
}

TEST(Snapshot, TakesWhatTheSchemaDoesNotKnowForASignThatItIsOld) {
  Metrics metrics;
  SnapshotSettings settings;
  settings.doubt = std::make_shared<SchemaDoubt>();
  const auto snapshot = MakeSnapshot(settings, std::make_shared<FakeUpstream>(), metrics);
  const Route& route = *snapshot->routes().Match("GET", "/t.Feed/Watch").route;
  const RoutePlan& plan = snapshot->PlanOf(route);
  plan.NoteUnknownFields(0);
  plan.NoteEnd(absl::StatusCode::kOk);
  plan.NoteAccepted();
  EXPECT_EQ(settings.doubt->Take(), 0u);
  plan.NoteUnknownFields(2);
  EXPECT_EQ(settings.doubt->Take(), SchemaDoubt::Only(SchemaDoubt::Sign::kUnknownFields));
  EXPECT_EQ(metrics.Value("events_with_unknown_fields", "t.Feed.Watch"), 1u);
  plan.NoteEnd(absl::StatusCode::kUnimplemented);
  EXPECT_EQ(settings.doubt->Take(), SchemaDoubt::Only(SchemaDoubt::Sign::kUnimplemented));
}

TEST(Snapshot, CountsUnknownFieldsOfASchemaThatIsInFilesToo) {
  Metrics metrics;
  const auto snapshot = MakeSnapshot({}, std::make_shared<FakeUpstream>(), metrics);
  const Route& route = *snapshot->routes().Match("GET", "/t.Feed/Watch").route;
  snapshot->PlanOf(route).NoteUnknownFields(1);
  snapshot->PlanOf(route).NoteEnd(absl::StatusCode::kUnavailable);
  snapshot->PlanOf(route).NoteAccepted();
  EXPECT_EQ(metrics.Value("events_with_unknown_fields", "t.Feed.Watch"), 1u);
}

TEST(Snapshot, HasThePlanOfEachRoute) {
  Metrics metrics;
  const auto snapshot = MakeSnapshot({}, std::make_shared<FakeUpstream>(), metrics);
  for (const Route& route : snapshot->routes().routes()) {
    EXPECT_EQ(&snapshot->PlanOf(route).route, &route);
  }
  EXPECT_EQ(snapshot->routes().routes().size(), 4u);
}

}  // namespace
}  // namespace sluice
