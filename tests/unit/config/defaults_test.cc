// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/defaults.h"

#include "gateway/config/config_keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ApplyPresets, WritesWhatTheProtoSays) {
  ConfigDraft draft;
  ApplyPresets(draft);
  EXPECT_EQ(draft.config().listen(), "127.0.0.1:8080");
  EXPECT_EQ(draft.config().ops().listen(), "127.0.0.1:9090");
  EXPECT_EQ(draft.config().limits().head(), 16384u);
  EXPECT_EQ(draft.config().limits().connections(), 10000u);
  EXPECT_EQ(draft.config().limits().open_grace().nanos(), 250000000);
  EXPECT_THAT(draft.config().retryable_codes(),
              ElementsAre("UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED", "DEADLINE_EXCEEDED",
                          "INTERNAL", "UNKNOWN"));
  EXPECT_TRUE(draft.config().has_cors());
  EXPECT_EQ(draft.config().log().format(), "json");
}

TEST(NoteDefaults, NamesEveryKeyThatNothingGave) {
  ConfigDraft draft;
  ApplyPresets(draft);
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

TEST(PresetTexts, SplitsLists) {
  const auto& type = *sluice::config::v1::Config::descriptor();
  EXPECT_THAT(PresetTexts(*type.FindFieldByName("listen")), ElementsAre("127.0.0.1:8080"));
  EXPECT_EQ(PresetTexts(*type.FindFieldByName("retryable_codes")).size(), 6u);
  EXPECT_THAT(PresetTexts(*type.FindFieldByName("routes")), IsEmpty());
}

}  // namespace
}  // namespace sluice
