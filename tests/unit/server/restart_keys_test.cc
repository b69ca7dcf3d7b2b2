// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/restart_keys.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

EffectiveConfig Load(absl::string_view yaml) {
  ConfigSources sources;
  sources.file = "sluice.yaml";
  sources.flags = {{"--upstream", "upstreams.main.target", "localhost:1"}};
  Problems problems;
  std::optional<EffectiveConfig> config = LoadConfigText(sources, yaml, problems);
  EXPECT_TRUE(config.has_value()) << ToText(problems);
  return config.value_or(EffectiveConfig());
}

std::string Changed(absl::string_view from, absl::string_view to) {
  return ToText(KeysThatNeedARestart(Load(from).config, Load(to)));
}

TEST(KeysThatNeedARestart, AreNamedWithTheirPlaceAndBothValues) {
  EXPECT_EQ(
      Changed("listen: 127.0.0.1:1", "listen: 127.0.0.1:2"),
      "sluice.yaml:1:9: listen is 127.0.0.1:1 and cannot become 127.0.0.1:2 without a restart; "
      "restart, or put it back\n");
}

TEST(KeysThatNeedARestart, AreAllTold) {
  const std::string text =
      Changed("{}", "ops: {listen: \"127.0.0.1:7\"}\nlimits: {head: 32KiB, idle_timeout: 1s}");
  EXPECT_NE(text.find("ops.listen is 127.0.0.1:9090"), std::string::npos) << text;
  EXPECT_NE(text.find("limits.head is 16KiB and cannot become 32KiB"), std::string::npos) << text;
  EXPECT_NE(text.find("limits.idle_timeout is"), std::string::npos) << text;
}

TEST(KeysThatNeedARestart, LeaveTheRestAlone) {
  EXPECT_EQ(Changed("{}",
                    "limits: {open_grace: 1s, close_grace: 2s, unary_timeout: 3s}\n"
                    "log: {level: debug}\ndrain: {delay: 1s}\ncors: {origins: [\"https://a\"]}"),
            "");
}

}  // namespace
}  // namespace sluice
