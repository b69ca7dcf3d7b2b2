// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_loader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/config/yaml_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LoadConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "sluice-config-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& text) const {
    const std::string path = folder_ / "sluice.yaml";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(LoadConfigTest, LetsHigherSourcesWin) {
  ConfigSources sources;
  sources.file = Write(
      "listen: 127.0.0.1:1\nops: {listen: 127.0.0.1:2}\nlimits: {head: 2KiB}\n"
      "upstreams: {main: {target: \"file:1\"}}\ncors: {origins: [\"https://f\"]}\n");
  sources.environment = {{"SLUICE_OPS_LISTEN", "127.0.0.1:3"},
                         {"SLUICE_LIMITS_HEAD", "3KiB"},
                         {"SLUICE_CORS_ORIGINS", "https://e,https://f"}};
  sources.flags = {{"--upstream", "upstreams.main.target", "flag:1"},
                   {"--ops-listen", "ops.listen", "127.0.0.1:4"}};
  Problems problems;
  const auto loaded = LoadConfig(sources, problems);
  ASSERT_TRUE(loaded) << ToText(problems);
  EXPECT_EQ(loaded->config.listen(), "127.0.0.1:1");
  EXPECT_EQ(loaded->config.ops().listen(), "127.0.0.1:4");
  EXPECT_EQ(loaded->config.limits().head(), 3072u);
  EXPECT_EQ(loaded->config.limits().body(), 1u << 20);
  EXPECT_EQ(loaded->config.upstreams().at("main").target(), "flag:1");
  EXPECT_THAT(loaded->config.cors().origins(), ElementsAre("https://e", "https://f"));
  EXPECT_EQ(loaded->origins.at("listen"), *sources.file + ":1:9");
  EXPECT_EQ(loaded->origins.at("ops.listen"), "--ops-listen");
  EXPECT_EQ(loaded->origins.at("limits.head"), "SLUICE_LIMITS_HEAD");
  EXPECT_EQ(loaded->origins.at("limits.body"), "default");
}

TEST_F(LoadConfigTest, NeedsNothingButAnUpstream) {
  Problems problems;
  const auto loaded =
      LoadConfig({{}, {}, {{"--upstream", "upstreams.main.target", "localhost:50051"}}}, problems);
  ASSERT_TRUE(loaded) << ToText(problems);
  EXPECT_EQ(loaded->config.listen(), "127.0.0.1:8080");
}

TEST_F(LoadConfigTest, ReportsTheProblemsOfAllSourcesAtOnce) {
  ConfigSources sources;
  sources.file = Write("lisen: 127.0.0.1:1\nupstreams: {main: {target: demo}}\n");
  sources.environment = {{"SLUICE_LIMITS_HEAD", "3"}};
  sources.flags = {{"--listen", "listen", "nowhere"}};
  Problems problems = {{"earlier", "problem"}};
  EXPECT_FALSE(LoadConfig(sources, problems));
  ASSERT_THAT(problems, SizeIs(5));
  EXPECT_EQ(problems[0].where, "earlier");
  EXPECT_THAT(problems[1].where, EndsWith("sluice.yaml:1:1"));
  EXPECT_EQ(problems[2].where, "SLUICE_LIMITS_HEAD");
  EXPECT_EQ(problems[3].where, "--listen");
  EXPECT_THAT(problems[4].where, EndsWith("sluice.yaml:2:28"));
}

TEST_F(LoadConfigTest, SaysWhyAFileCannotBeRead) {
  for (const std::string& path : {std::string(folder_ / "none.yaml"), std::string(folder_)}) {
    Problems problems;
    EXPECT_FALSE(LoadConfig({path, {}, {}}, problems));
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_EQ(problems[0].where, path);
    EXPECT_THAT(problems[0].what, HasSubstr("cannot be read: "));
  }
}

TEST_F(LoadConfigTest, RefusesAFileWithoutEnd) {
  Problems problems;
  EXPECT_FALSE(LoadConfig({"/dev/zero", {}, {}}, problems));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what, HasSubstr("has more than 1MiB"));
}

TEST_F(LoadConfigTest, AddsNothingToAFileThatIsNotYaml) {
  Problems problems;
  EXPECT_FALSE(LoadConfig({Write("a: [\n"), {}, {}}, problems));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what, HasSubstr("is not YAML"));
}

TEST(LoadConfigText, ReadsTheTextAtHand) {
  Problems problems;
  const auto loaded =
      LoadConfigText({"mem", {}, {}}, "upstreams: {a: {target: \"x:1\"}}", problems);
  ASSERT_TRUE(loaded) << ToText(problems);
  EXPECT_EQ(loaded->origins.at("upstreams.a.target"), "mem:1:25");
}

}  // namespace
}  // namespace sluice
