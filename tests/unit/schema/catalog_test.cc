// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/catalog.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/schema/proto_texts.h"

namespace sluice {
namespace {

using testing::ElementsAre;

std::shared_ptr<const ServiceSet> SetOf(const std::string& package,
                                        const std::vector<std::string>& services) {
  std::string text = "syntax = \"proto3\"; package " + package +
                     "; import \"sluice/v1/stream.proto\"; message M {} ";
  for (const std::string& service : services) {
    text += "service " + service +
            " { rpc Watch(M) returns (stream M) { option (sluice.v1.stream) = {endless: true}; }"
            " rpc Get(M) returns (M); }";
  }
  return ServiceSet::FromFiles("set", CompileTexts({{package + ".proto", text}}), {});
}

std::vector<std::string> NamesOf(const Catalog& catalog) {
  std::vector<std::string> names;
  for (const Method& method : catalog.methods()) names.push_back(method.full_name);
  return names;
}

std::shared_ptr<const Catalog> Build(std::shared_ptr<const ServiceSet> set,
                                     const std::vector<std::string>& services) {
  CatalogBuilder builder;
  builder.Add("main", std::move(set), services);
  return builder.Build();
}

TEST(Catalog, HasEveryMethodSortedByName) {
  const auto catalog = Build(SetOf("shop.v1", {"Orders", "Cart"}), {});
  EXPECT_THAT(NamesOf(*catalog), ElementsAre("shop.v1.Cart.Get", "shop.v1.Cart.Watch",
                                             "shop.v1.Orders.Get", "shop.v1.Orders.Watch"));
  const Method& watch = catalog->methods()[1];
  EXPECT_EQ(watch.path, "/shop.v1.Cart/Watch");
  EXPECT_EQ(watch.upstream, "main");
  EXPECT_TRUE(watch.server_streaming());
  EXPECT_TRUE(watch.options.endless());
  EXPECT_FALSE(catalog->methods()[0].options.endless());
  EXPECT_TRUE(catalog->problems().empty());
}

TEST(Catalog, TakesTheServicesThatPatternsName) {
  const auto set = SetOf("shop.v1", {"Orders", "Cart"});
  EXPECT_THAT(NamesOf(*Build(set, {"shop.v1.Cart"})),
              ElementsAre("shop.v1.Cart.Get", "shop.v1.Cart.Watch"));
  EXPECT_EQ(Build(set, {"shop.*"})->methods().size(), 4u);
  EXPECT_EQ(Build(set, {"*", "shop.v1.Cart"})->methods().size(), 4u);
}

TEST(Catalog, ReportsAPatternThatMatchesNothingWithTheNearest) {
  const auto set = SetOf("shop.v1", {"Orders"});
  EXPECT_EQ(ToText(Build(set, {"shop.v1.Order", "shop.v2.*", "other", "shop*"})->problems()),
            "upstreams.main: services: \"shop.v1.Order\" matches no service; did you mean "
            "\"shop.v1.Orders\"?\n"
            "upstreams.main: services: \"shop.v2.*\" matches no service; did you mean "
            "\"shop.v1.*\"?\n"
            "upstreams.main: services: \"other\" matches no service; there is, for example, "
            "shop.v1.Orders\n"
            "upstreams.main: services: \"shop*\" names no package, service or method; allowed are "
            "names such as demo.v1, demo.v1.Ticker and demo.v1.Ticker.Watch, a * after the last "
            "dot, or * alone\n");
}

TEST(Catalog, GivesAServiceOfTwoUpstreamsToTheFirst) {
  CatalogBuilder builder;
  builder.Add("one", SetOf("shop.v1", {"Cart"}), {});
  builder.Add("two", SetOf("shop.v1", {"Cart", "Orders"}), {});
  const auto catalog = builder.Build();
  ASSERT_EQ(catalog->methods().size(), 4u);
  EXPECT_EQ(catalog->methods()[0].upstream, "one");
  EXPECT_EQ(catalog->methods()[2].upstream, "two");
  EXPECT_EQ(ToText(catalog->problems()),
            "upstreams.two: service shop.v1.Cart is that of upstreams.one already; choose with "
            "`services` which one is meant\n");
}

TEST(Catalog, PatternsCountForAllSourcesOfAnUpstream) {
  CatalogBuilder builder;
  const std::vector<std::string> patterns = {"shop.v1.Cart", "shop.v2.*"};
  builder.Add("main", SetOf("shop.v1", {"Cart", "Orders"}), patterns);
  builder.Add("main", SetOf("shop.v2", {"Cart"}), patterns);
  const auto catalog = builder.Build();
  EXPECT_EQ(ToText(catalog->problems()), "");
  EXPECT_THAT(NamesOf(*catalog), ElementsAre("shop.v1.Cart.Get", "shop.v1.Cart.Watch",
                                             "shop.v2.Cart.Get", "shop.v2.Cart.Watch"));
}

TEST(Catalog, OfAServiceInTwoSourcesTheFirstCounts) {
  CatalogBuilder builder;
  builder.Add("main", SetOf("shop.v1", {"Cart"}), {});
  builder.Add("main", SetOf("shop.v1", {"Cart", "Orders"}), {});
  auto catalog = builder.Build();
  EXPECT_EQ(ToText(catalog->problems()), "");
  EXPECT_EQ(catalog->methods().size(), 4u);
  const auto other =
      ServiceSet::FromFiles("set",
                            CompileTexts({{"other.proto",
                                           "syntax = \"proto3\"; package shop.v1; message M {} "
                                           "service Cart { rpc Take(M) returns (M); }"}}),
                            {});
  builder.Add("main", SetOf("shop.v1", {"Cart"}), {});
  builder.Add("main", other, {});
  catalog = builder.Build();
  EXPECT_EQ(ToText(catalog->problems()),
            "upstreams.main: service shop.v1.Cart is in shop.v1.proto and in other.proto, and "
            "differs; the first counts\n");
  EXPECT_THAT(NamesOf(*catalog), ElementsAre("shop.v1.Cart.Get", "shop.v1.Cart.Watch"));
}

TEST(Catalog, SaysThatAnUpstreamHasNoServiceToExpose) {
  EXPECT_EQ(ToText(Build(SetOf("grpc.health.v1", {"Health"}), {})->problems()),
            "upstreams.main: has no service but those that gRPC's tools use\n");
}

TEST(Catalog, DoesNotExposeWhatIsForToolsOfGrpc) {
  EXPECT_TRUE(Build(SetOf("grpc.health.v1", {"Health"}), {})->methods().empty());
  EXPECT_TRUE(Build(SetOf("grpc.reflection.v1alpha", {"ServerReflection"}), {})->methods().empty());
  EXPECT_TRUE(Build(SetOf("grpc.channelz.v1", {"Channelz"}), {})->methods().empty());
  EXPECT_FALSE(Build(SetOf("grpc.healthy", {"Health"}), {})->methods().empty());
}

TEST(Catalog, TellsWhatOfTheChosenServicesIsSkipped) {
  CatalogBuilder builder;
  builder.Add("one", ServiceSet::FromFiles("one", {}, {"a.Gone", "b.Gone", "grpc.health.v1.X"}),
              {"a.*", "b"});
  builder.Add("two", ServiceSet::FromFiles("two", {}, {"a.Gone", "c.Gone"}), {"a"});
  const auto catalog = builder.Build();
  ASSERT_EQ(catalog->skipped().size(), 2u);
  EXPECT_EQ(catalog->skipped()[0].full_name, "a.Gone");
  EXPECT_EQ(catalog->skipped()[0].path, "/a.Gone/");
  EXPECT_EQ(catalog->skipped()[0].upstream, "one");
  EXPECT_EQ(catalog->skipped()[0].reason, "service a.Gone is left out: no file describes it");
  EXPECT_EQ(catalog->skipped()[1].full_name, "b.Gone");
}

TEST(Catalog, PassesOnTheProblemsOfItsSources) {
  const auto catalog = Build(ServiceSet::FromFiles("main", {}, {"a.B"}), {});
  EXPECT_EQ(ToText(catalog->problems()), "main: service a.B is left out: no file describes it\n");
}

TEST(Catalog, KeepsTheDescriptorsAlive) {
  std::shared_ptr<const Catalog> catalog;
  {
    CatalogBuilder builder;
    builder.Add("main", SetOf("shop.v1", {"Cart"}), {});
    catalog = builder.Build();
  }
  EXPECT_EQ(catalog->methods()[0].descriptor->input_type()->full_name(), "shop.v1.M");
}

}  // namespace
}  // namespace sluice
