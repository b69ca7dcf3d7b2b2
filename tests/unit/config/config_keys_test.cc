// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_keys.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Paths() {
  std::vector<std::string> paths;
  for (const ConfigKey& key : ConfigKey::All()) paths.push_back(key.Path("x"));
  return paths;
}

const ConfigKey& Key(const std::string& path) {
  const auto& all = ConfigKey::All();
  return *std::find_if(all.begin(), all.end(),
                       [&](const ConfigKey& key) { return key.Path("x") == path; });
}

TEST(ConfigKey, HasEveryKeyThatAVariableCanSet) {
  for (const char* path : {"listen", "ops.listen", "upstreams.x.target", "upstreams.x.schema.files",
                           "upstreams.x.services", "cors.origins", "limits.head",
                           "limits.open_grace", "retryable_codes", "log.level"}) {
    EXPECT_THAT(Paths(), Contains(path));
  }
  EXPECT_THAT(Paths(), Each(Not(HasSubstr("routes"))));
}

TEST(ConfigKey, IsWrittenAsAVariable) {
  EXPECT_EQ(Key("ops.listen").Variable(""), "SLUICE_OPS_LISTEN");
  EXPECT_EQ(Key("upstreams.x.schema.proto_path").Variable("my-main.eu"),
            "SLUICE_UPSTREAMS_MY_MAIN_EU_SCHEMA_PROTO_PATH");
}

TEST(ConfigKey, FindsTheNameInAVariable) {
  const ConfigKey& target = Key("upstreams.x.target");
  EXPECT_EQ(target.MatchVariable("SLUICE_UPSTREAMS_MY_MAIN_TARGET"), "MY_MAIN");
  EXPECT_EQ(target.MatchVariable("SLUICE_UPSTREAMS__TARGET"), std::nullopt);
  EXPECT_EQ(target.MatchVariable("SLUICE_UPSTREAMS_TARGET"), std::nullopt);
  EXPECT_EQ(target.MatchVariable("SLUICE_UPSTREAMS_MAIN_TARGETS"), std::nullopt);
  EXPECT_EQ(Key("listen").MatchVariable("SLUICE_LISTEN"), "");
  EXPECT_EQ(Key("listen").MatchVariable("SLUICE_LISTENS"), std::nullopt);
}

TEST(ConfigKey, FindsTheNameInAPath) {
  EXPECT_EQ(Key("upstreams.x.target").MatchPath("upstreams.a.b.target"), "a.b");
  EXPECT_EQ(Key("upstreams.x.schema.files").MatchPath("upstreams.a.schema.files"), "a");
  EXPECT_EQ(Key("upstreams.x.target").MatchPath("upstreams.target"), std::nullopt);
  EXPECT_EQ(Key("cors.origins").MatchPath("cors.origins"), "");
  EXPECT_EQ(Key("cors.origins").MatchPath("cors"), std::nullopt);
}

}  // namespace
}  // namespace sluice
