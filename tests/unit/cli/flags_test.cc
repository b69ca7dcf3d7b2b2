// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/flags.h"

#include <cstdlib>

#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Shown(const std::vector<std::string>& arguments) {
  CLI::App app;
  ConfigFlags flags;
  AddConfigFlags(app, flags);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  app.parse(reversed);
  std::string shown;
  for (const ConfigSources::Flag& flag : ToSources(flags).flags) {
    shown += flag.path + "=" + flag.value + ";";
  }
  return shown;
}

TEST(Flags, OneUpstreamIsCalledMain) {
  EXPECT_EQ(Shown({"--upstream", "localhost:50051"}), "upstreams.main.target=localhost:50051;");
}

TEST(Flags, FurtherUpstreamsAreNumberedOrNamed) {
  EXPECT_EQ(Shown({"--upstream", "a:1", "--upstream", "b:2", "--upstream", "shop=dns:///c:3"}),
            "upstreams.main.target=a:1;upstreams.main-2.target=b:2;"
            "upstreams.shop.target=dns:///c:3;");
  EXPECT_EQ(Shown({"--upstream", "dns:///a:1?x=y"}), "upstreams.main.target=dns:///a:1?x=y;");
}

TEST(Flags, SchemaFlagsBelongToTheFirstUpstream) {
  EXPECT_EQ(Shown({"--upstream", "shop=a:1", "--proto-path", "p", "--proto", "x.proto", "--proto",
                   "y.proto", "--descriptor-set", "d"}),
            "upstreams.shop.target=a:1;upstreams.shop.schema.proto_path=p;"
            "upstreams.shop.schema.files=x.proto;upstreams.shop.schema.files=y.proto;"
            "upstreams.shop.schema.descriptor_set=d;");
}

TEST(Flags, ScalarsAreLeftOutWhereTheyAreNotGiven) {
  EXPECT_EQ(Shown({"--listen", "0.0.0.0:80", "--ops-listen", "0.0.0.0:81", "--log-level", "debug",
                   "--cors-origin", "https://a", "--cors-origin", "https://b"}),
            "cors.origins=https://a;cors.origins=https://b;listen=0.0.0.0:80;ops.listen=0.0.0.0:81;"
            "log.level=debug;");
}

TEST(Flags, AnEmptyValueIsAnErrorThatNamesTheFlag) {
  for (const std::string flag : {"--config", "--listen", "--ops-listen", "--log-level"}) {
    try {
      Shown({flag, ""});
      ADD_FAILURE() << flag;
    } catch (const CLI::ParseError& error) {
      EXPECT_EQ(error.what(), flag + ": is empty; give a value or leave the flag out");
    }
  }
}

TEST(Flags, OnlyVariablesOfSluiceAreTakenAlong) {
  ::setenv("SLUICE_TEST_VARIABLE", "x=y", 1);
  const ConfigSources sources = ToSources({});
  ::unsetenv("SLUICE_TEST_VARIABLE");
  EXPECT_EQ(sources.environment.at("SLUICE_TEST_VARIABLE"), "x=y");
  EXPECT_EQ(sources.environment.count("PATH"), 0u);
  EXPECT_FALSE(sources.file.has_value());
}

}  // namespace
}  // namespace sluice
