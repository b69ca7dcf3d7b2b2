// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/share_policy.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

using testing::HasSubstr;

struct Resolved {
  std::optional<SharePolicy> policy;
  std::string problems;
};

Resolved Resolve(const std::string& options) {
  const std::shared_ptr<const Catalog> catalog = CatalogOf(kRouteSchema);
  const Method& method = MethodOf(*catalog, "demo.v1.Ticker.Watch");
  StreamMerge merge;
  merge.Add(method.full_name, Options(options));
  Problems problems;
  OptionReader check(method, merge, problems);
  Resolved resolved{.policy = ResolveShare(check), .problems = ""};
  resolved.problems = ToText(problems);
  if (resolved.policy.has_value()) {
    // Descriptors go with the catalog; the tests ask for the name.
    resolved.problems += resolved.policy->key_field.ToString();
    resolved.policy->key_field = FieldPath();
  }
  return resolved;
}

TEST(ShareCheck, LeavesAStreamPrivateThatDoesNotAskForIt) {
  const Resolved resolved = Resolve("endless: true");
  EXPECT_FALSE(resolved.policy.has_value());
  EXPECT_EQ(resolved.problems, "");
}

TEST(ShareCheck, AnEmptyShareIsACompleteChoice) {
  const Resolved resolved = Resolve("share {}");
  ASSERT_TRUE(resolved.policy.has_value());
  EXPECT_EQ(resolved.problems, "");
  EXPECT_EQ(resolved.policy->linger, absl::Seconds(5));
  EXPECT_EQ(resolved.policy->history_events, 1000u);
  EXPECT_EQ(resolved.policy->history_bytes, 8u << 20);
  EXPECT_EQ(resolved.policy->history_age, absl::InfiniteDuration());
  EXPECT_EQ(resolved.policy->start_with_last, 0u);
  EXPECT_EQ(resolved.policy->on_gap, sluice::v1::Share::OLDEST);
  EXPECT_EQ(resolved.policy->slow, sluice::v1::Share::DISCONNECT);
  EXPECT_FALSE(resolved.policy->presence);
  EXPECT_EQ(resolved.policy->reopen_min, absl::Seconds(1));
  EXPECT_EQ(resolved.policy->reopen_max, absl::Seconds(30));
  EXPECT_EQ(resolved.policy->give_up, absl::InfiniteDuration());
}

TEST(ShareCheck, TakesWhatIsSaid) {
  const Resolved resolved = Resolve(
      "share { linger {} slow: LATEST key_field: 'meta.id' on_gap: LIVE presence: true "
      "start { last: 5 } history { events: 1 bytes: 2 age { seconds: 3 } } "
      "reopen { min { seconds: 4 } max { seconds: 5 } give_up { seconds: 9 } } }");
  ASSERT_TRUE(resolved.policy.has_value());
  EXPECT_EQ(resolved.problems, "meta.id");
  EXPECT_EQ(resolved.policy->linger, absl::ZeroDuration());
  EXPECT_EQ(resolved.policy->slow, sluice::v1::Share::LATEST);
  EXPECT_EQ(resolved.policy->on_gap, sluice::v1::Share::LIVE);
  EXPECT_TRUE(resolved.policy->presence);
  EXPECT_EQ(resolved.policy->start_with_last, 5u);
  EXPECT_EQ(resolved.policy->history_events, 1u);
  EXPECT_EQ(resolved.policy->history_bytes, 2u);
  EXPECT_EQ(resolved.policy->history_age, absl::Seconds(3));
  EXPECT_EQ(resolved.policy->reopen_min, absl::Seconds(4));
  EXPECT_EQ(resolved.policy->reopen_max, absl::Seconds(5));
  EXPECT_EQ(resolved.policy->give_up, absl::Seconds(9));
}

TEST(ShareCheck, StartsWithAllOrWithNothing) {
  EXPECT_EQ(Resolve("share { start { at: ALL } }").policy->start_with_last, SharePolicy::kAllKept);
  EXPECT_EQ(Resolve("share { start { at: LIVE } }").policy->start_with_last, 0u);
}

TEST(ShareCheck, ReportsWhateverIsWrong) {
  const char* const cases[][2] = {
      {"slow: LATEST", "share.slow: is LATEST, which needs `key_field`"},
      {"key_field: 'prise'", "share.key_field: there is no field \"prise\" in demo.v1.Tick; did"},
      {"key_field: 'price'", "share.key_field: \"price\" of demo.v1.Tick is a double"},
      {"linger { seconds: -1 }", "share.linger: is -1s; allowed is from 0 to 8760h"},
      {"history { events: 0 }", "share.history.events: is 0"},
      {"history { bytes: 0 }", "share.history.bytes: is 0"},
      {"history { age {} }", "share.history.age: is 0; allowed is from 1ms to 8760h"},
      {"reopen { min {} }", "share.reopen.min: is 0; allowed is from 1ms"},
      {"reopen { min { seconds: 31 } }", "share.reopen.min: makes the first wait longer"},
      {"reopen { max { nanos: 5000000 } }", "share.reopen.max: makes the first wait longer"},
      {"reopen { give_up {} }", "share.reopen.give_up: is 0"},
  };
  for (const auto& [share, wrong] : cases) {
    EXPECT_THAT(Resolve(std::string("share { ") + share + " }").problems, HasSubstr(wrong));
  }
}

}  // namespace
}  // namespace sluice
