// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/overrides.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Environment = std::map<std::string, std::string>;

ConfigDraft Draft(const Environment& environment, const std::vector<std::string>& upstreams = {}) {
  ConfigDraft draft;
  for (const std::string& name : upstreams) {
    (*draft.config().mutable_upstreams())[name].set_target("file:1");
    draft.SetOrigin("upstreams." + name, "f:1:1");
  }
  ApplyEnvironment(environment, draft);
  return draft;
}

std::string ProblemsOf(const Environment& environment,
                       const std::vector<std::string>& upstreams = {}) {
  return ToText(Draft(environment, upstreams).problems());
}

TEST(ApplyEnvironment, SetsEveryKindOfKey) {
  const ConfigDraft draft = Draft({{"SLUICE_LISTEN", "a:1"},
                                   {"SLUICE_OPS_LISTEN", "b:2"},
                                   {"SLUICE_CORS_ORIGINS", "https://a, https://b"},
                                   {"SLUICE_CORS_CREDENTIALS", "true"},
                                   {"SLUICE_LIMITS_HEAD", "32KiB"},
                                   {"SLUICE_LIMITS_OPEN_GRACE", "1s"},
                                   {"SLUICE_RETRYABLE_CODES", "ABORTED"},
                                   {"PATH", "/bin"}});
  EXPECT_EQ(ToText(draft.problems()), "");
  EXPECT_EQ(draft.config().listen(), "a:1");
  EXPECT_EQ(draft.config().ops().listen(), "b:2");
  EXPECT_THAT(draft.config().cors().origins(), ElementsAre("https://a", "https://b"));
  EXPECT_TRUE(draft.config().cors().credentials());
  EXPECT_EQ(draft.config().limits().head(), 32768u);
  EXPECT_EQ(draft.config().limits().open_grace().seconds(), 1);
  EXPECT_THAT(draft.config().retryable_codes(), ElementsAre("ABORTED"));
  EXPECT_EQ(draft.Where("ops.listen"), "SLUICE_OPS_LISTEN");
}

TEST(ApplyEnvironment, FindsAnUpstreamOfTheFileByItsName) {
  const ConfigDraft draft =
      Draft({{"SLUICE_UPSTREAMS_MY_MAIN_EU_TARGET", "env:1"}}, {"my-Main.eu", "my"});
  EXPECT_EQ(ToText(draft.problems()), "");
  EXPECT_EQ(draft.config().upstreams().at("my-Main.eu").target(), "env:1");
  EXPECT_EQ(draft.config().upstreams().at("my").target(), "file:1");
  EXPECT_EQ(draft.config().upstreams().size(), 2u);
  EXPECT_EQ(draft.Where("upstreams.my-Main.eu.target"), "SLUICE_UPSTREAMS_MY_MAIN_EU_TARGET");
  EXPECT_EQ(draft.Where("upstreams.my-Main.eu"), "f:1:1");
}

TEST(ApplyEnvironment, AddsAnUpstream) {
  const ConfigDraft draft = Draft({{"SLUICE_UPSTREAMS_SHOP_SCHEMA_FILES", "a.proto,b.proto"},
                                   {"SLUICE_UPSTREAMS_SHOP_SCHEMA_PROTO_PATH", "protos"},
                                   {"SLUICE_UPSTREAMS_SHOP_TARGET", "shop:1"}});
  EXPECT_EQ(ToText(draft.problems()), "");
  ASSERT_EQ(draft.config().upstreams().size(), 1u);
  const auto& shop = draft.config().upstreams().at("shop");
  EXPECT_EQ(shop.target(), "shop:1");
  EXPECT_THAT(shop.schema().files(), ElementsAre("a.proto", "b.proto"));
  EXPECT_THAT(shop.schema().proto_path(), ElementsAre("protos"));
}

TEST(ApplyEnvironment, RefusesANameThatCouldMeanTwo) {
  EXPECT_EQ(ProblemsOf({{"SLUICE_UPSTREAMS_A_B_TARGET", "env:1"}}, {"a-b", "a_b"}),
            "SLUICE_UPSTREAMS_A_B_TARGET: could mean each of a-b, a_b; rename one of them\n");
}

TEST(ApplyEnvironment, ReplacesAList) {
  ConfigDraft draft;
  draft.config().mutable_cors()->add_origins("https://file");
  ApplyEnvironment({{"SLUICE_CORS_ORIGINS", ""}}, draft);
  EXPECT_THAT(draft.config().cors().origins(), IsEmpty());
  EXPECT_EQ(draft.Where("cors.origins"), "SLUICE_CORS_ORIGINS");
}

TEST(ApplyEnvironment, SaysWhatIsWrong) {
  EXPECT_EQ(ProblemsOf({{"SLUICE_LISTN", "a:1"}}),
            "SLUICE_LISTN: there is no such key; did you mean SLUICE_LISTEN?\n");
  EXPECT_EQ(ProblemsOf({{"SLUICE_UPSTREAMS_MAIN_TARGT", "a:1"}}),
            "SLUICE_UPSTREAMS_MAIN_TARGT: there is no such key; did you mean "
            "SLUICE_UPSTREAMS_MAIN_TARGET?\n");
  EXPECT_EQ(ProblemsOf({{"SLUICE_UPSTREAMS_MIAN_TARGT", "a:1"}}, {"main"}),
            "SLUICE_UPSTREAMS_MIAN_TARGT: there is no such key; did you mean "
            "SLUICE_UPSTREAMS_MIAN_TARGET?\n");
  EXPECT_THAT(ProblemsOf({{"SLUICE_Q", ""}}), HasSubstr("such as SLUICE_LISTEN"));
  EXPECT_THAT(ProblemsOf({{"SLUICE_ROUTES", ""}}), HasSubstr("write it in the file"));
  EXPECT_THAT(ProblemsOf({{"SLUICE_ROUTES_0_SELECTOR", ""}}), HasSubstr("write it in the file"));
  EXPECT_THAT(ProblemsOf({{"SLUICE_LIMITS_HEAD", "16"}}),
              HasSubstr("SLUICE_LIMITS_HEAD: \"16\" has no unit"));
  EXPECT_THAT(ProblemsOf({{"SLUICE_PORT", "8080"}}),
              HasSubstr("SLUICE_PORT: there is no such key"));
  EXPECT_THAT(ProblemsOf({{"SLUICE_UPSTREAMS_A/B_TARGET", "a:1"}}), HasSubstr("the name \"a/b\""));
}

// What the kubelet sets in every pod for the Services `sluice` (with the ports http and ops) and
// `sluice-demo`.
TEST(ApplyEnvironment, IgnoresWhatKubernetesInjects) {
  const Environment injected = {{"SLUICE_SERVICE_HOST", "10.0.0.1"},
                                {"SLUICE_SERVICE_PORT", "8080"},
                                {"SLUICE_SERVICE_PORT_HTTP", "8080"},
                                {"SLUICE_SERVICE_PORT_OPS", "9090"},
                                {"SLUICE_PORT", "tcp://10.0.0.1:8080"},
                                {"SLUICE_PORT_8080_TCP", "tcp://10.0.0.1:8080"},
                                {"SLUICE_PORT_8080_TCP_PROTO", "tcp"},
                                {"SLUICE_PORT_8080_TCP_PORT", "8080"},
                                {"SLUICE_PORT_8080_TCP_ADDR", "10.0.0.1"},
                                {"SLUICE_PORT_53_UDP", "udp://10.0.0.1:53"},
                                {"SLUICE_PORT_53_UDP_ADDR", "10.0.0.1"},
                                {"SLUICE_PORT_99_SCTP", "sctp://10.0.0.1:99"},
                                {"SLUICE_DEMO_SERVICE_HOST", "10.0.0.2"},
                                {"SLUICE_DEMO_SERVICE_PORT", "50051"},
                                {"SLUICE_DEMO_SERVICE_PORT_GRPC", "50051"},
                                {"SLUICE_DEMO_PORT", "tcp://10.0.0.2:50051"},
                                {"SLUICE_DEMO_PORT_50051_TCP", "tcp://10.0.0.2:50051"},
                                {"SLUICE_DEMO_PORT_50051_TCP_ADDR", "10.0.0.2"}};
  EXPECT_EQ(ProblemsOf(injected), "");
  for (const char* other : {"SLUICE_SERVICE", "SLUICE_SERVICE_HOSTS", "SLUICE_PORT_X_TCP",
                            "SLUICE_PORT_80_HTTP", "SLUICE_PORT_80_TCP_X", "SLUICE_PORT_80"}) {
    EXPECT_NE(ProblemsOf({{other, "1"}}), "") << other;
  }
}

TEST(ApplyFlags, SetsKeysByTheirPath) {
  ConfigDraft draft;
  draft.config().mutable_cors()->add_origins("https://file");
  ApplyFlags({{"--upstream", "upstreams.main.target", "a:1"},
              {"--listen", "listen", "b:1"},
              {"--listen", "listen", "b:2"},
              {"--cors-origin", "cors.origins", "https://a"},
              {"--cors-origin", "cors.origins", "https://b,c"}},
             draft);
  EXPECT_EQ(ToText(draft.problems()), "");
  EXPECT_EQ(draft.config().upstreams().at("main").target(), "a:1");
  EXPECT_EQ(draft.config().listen(), "b:2");
  EXPECT_THAT(draft.config().cors().origins(), ElementsAre("https://a", "https://b,c"));
  EXPECT_EQ(draft.Where("upstreams.main.target"), "--upstream");
  EXPECT_EQ(draft.Where("upstreams.main"), "--upstream");
}

TEST(ApplyFlags, SaysWhatIsWrong) {
  ConfigDraft draft;
  ApplyFlags({{"--x", "no.such", "1"},
              {"--cors-credentials", "cors.credentials", "1"},
              {"--upstream", "upstreams.a b.target", "x:1"}},
             draft);
  EXPECT_EQ(
      ToText(draft.problems()),
      "--x: there is no key \"no.such\"\n"
      "--cors-credentials: \"1\" is not allowed; write true or false\n"
      "--upstream: the name \"a b\" is not allowed; write 1 to 63 letters, digits, -, _ or .\n");
}

}  // namespace
}  // namespace sluice
