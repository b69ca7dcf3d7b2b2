// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_draft.h"

#include "gateway/config/config_keys.h"
#include "gateway/config/presets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(ConfigDraft, FindsTheNearestOriginAbove) {
  ConfigDraft draft;
  draft.SetOrigin("upstreams.main", "f:1:1");
  draft.SetOrigin("routes[0]", "f:5:3");
  EXPECT_EQ(draft.Where("upstreams.main.schema.files[2]"), "f:1:1");
  EXPECT_EQ(draft.Where("routes[0].selector"), "f:5:3");
  EXPECT_EQ(draft.Where("routes[1].selector"), "");
  EXPECT_EQ(draft.Where(""), "");
}

TEST(ConfigDraft, ForgetsTheItemsOfAListThatIsReplaced) {
  ConfigDraft draft;
  draft.SetOrigin("a", "f:1:1");
  draft.SetOrigin("a[0]", "f:1:2");
  draft.SetOrigin("a[1]", "f:1:3");
  draft.SetOrigin("ab", "f:2:1");
  draft.SetOrigin("a", "SLUICE_A");
  draft.SetDefaultOrigin("a");
  EXPECT_THAT(draft.origins(), ElementsAre(Pair("a", "SLUICE_A"), Pair("ab", "f:2:1")));
}

TEST(ConfigDraft, KnowsWhatLiesBelowSomethingUnread) {
  ConfigDraft draft;
  draft.SetUnread("upstreams.main.schema");
  EXPECT_TRUE(draft.IsUnread("upstreams.main.schema"));
  EXPECT_TRUE(draft.IsUnread("upstreams.main.schema.files[0]"));
  EXPECT_FALSE(draft.IsUnread("upstreams.main"));
  EXPECT_TRUE(draft.HasUnread("upstreams"));
  EXPECT_FALSE(draft.HasUnread("up"));
}

TEST(ConfigDraft, ChecksAgainWhatAHigherSourceGives) {
  ConfigDraft draft;
  draft.SetUnread("listen");
  draft.SetOrigin("listen", "--listen");
  EXPECT_FALSE(draft.IsUnread("listen"));
}

TEST(ConfigDraft, KeepsABoundedNumberOfProblems) {
  ConfigDraft draft;
  for (size_t i = 0; i < ConfigDraft::kMaxProblems + 50; ++i) draft.AddProblem("f:1:1", "what");
  EXPECT_TRUE(draft.full());
  EXPECT_THAT(draft.problems(), SizeIs(ConfigDraft::kMaxProblems + 1));
  EXPECT_EQ(draft.problems().back().what, "there are more problems, which are not shown");
}

TEST(NoteDefaults, NamesEveryKeyThatNothingGave) {
  ConfigDraft draft;
  FillPresets(draft.config());
  draft.SetOrigin("listen", "--listen");
  NoteDefaults(draft);
  for (const ConfigKey& key : ConfigKey::All()) {
    if (key.has_name() || key.Path("") == "listen") continue;
    EXPECT_EQ(draft.Where(key.Path("")), "default") << key.Path("");
  }
  EXPECT_EQ(draft.Where("listen"), "--listen");
}

TEST(NoteDefaults, LeavesOutWhatKnowsWhetherItWasGiven) {
  ConfigDraft draft;
  (*draft.config().mutable_upstreams())["main"].set_target("x:1");
  draft.config().add_routes()->mutable_stream()->set_endless(true);
  NoteDefaults(draft);
  EXPECT_EQ(draft.origins().count("upstreams.main.services"), 1u);
  EXPECT_EQ(draft.origins().count("upstreams.main.schema"), 0u);
  EXPECT_EQ(draft.origins().count("routes[0].forward_headers"), 1u);
  EXPECT_EQ(draft.origins().count("routes[0].stream.retry"), 0u);
}

TEST(MapValue, AddsAnEntryOnce) {
  sluice::config::v1::Config config;
  const auto& map = *config.GetDescriptor()->FindFieldByName("upstreams");
  MapValue(config, map, "b");
  MapValue(config, map, "a");
  google::protobuf::Message* const first = &MapValue(config, map, "b");
  EXPECT_EQ(first, &MapValue(config, map, "b"));
  EXPECT_THAT(MapKeys(config, map), ElementsAre("a", "b"));
  EXPECT_EQ(config.upstreams().size(), 2u);
}

}  // namespace
}  // namespace sluice
