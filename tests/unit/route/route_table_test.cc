// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/route_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RouteRule Rule(const std::string& selector, const std::string& stream,
               const std::vector<std::string>& headers = {}) {
  RouteRule rule;
  rule.where = "sluice.yaml:" + selector;
  rule.selector = selector;
  rule.stream = Options(stream);
  rule.forward_headers = headers;
  return rule;
}

class RouteTableTest : public testing::Test {
 protected:
  using Completeness = RouteTableBuilder::Completeness;

  RouteTableBuilder::Result Build(std::vector<RouteRule> rules,
                                  Completeness completeness = Completeness::kComplete) {
    RouteTableBuilder builder(catalog_);
    builder.AddRules(std::move(rules));
    return builder.Build(completeness);
  }
  std::string Wrong(std::vector<RouteRule> rules) {
    const RouteTableBuilder::Result result = Build(std::move(rules));
    EXPECT_EQ(result.table == nullptr, !result.problems.empty());
    return ToText(result.problems);
  }

  const std::shared_ptr<const Catalog> catalog_ = CatalogOf(kRouteSchema);
};

TEST_F(RouteTableTest, ExposesEachMethodByItsKind) {
  const auto table = Build({}).table;
  ASSERT_NE(table, nullptr);
  const Route* watch = table->Match("GET", "/demo.v1.Ticker/Watch").route;
  ASSERT_NE(watch, nullptr);
  EXPECT_TRUE(watch->streaming);
  EXPECT_EQ(watch->allowed_methods(), "GET, POST, OPTIONS");
  EXPECT_EQ(watch->method->full_name, "demo.v1.Ticker.Watch");
  const Route* get = table->Match("GET", "/demo.v1.Ticker/Get").route;
  EXPECT_FALSE(get->streaming);
  EXPECT_EQ(get->allowed_methods(), "GET, POST, OPTIONS");
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Post").route->allowed_methods(), "POST, OPTIONS");
}

TEST_F(RouteTableTest, SkipsMethodsThatTakeAStreamAndSaysWhy) {
  const auto table = Build({}).table;
  for (const char* path : {"/demo.v1.Ticker/Upload", "/demo.v1.Ticker/Chat"}) {
    EXPECT_EQ(table->Match("GET", path).route, nullptr);
    ASSERT_NE(table->Match("GET", path).skipped, nullptr);
    EXPECT_THAT(table->Match("GET", path).skipped->reason, HasSubstr("takes a stream of requests"));
  }
  EXPECT_EQ(table->skipped().size(), 2u);
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Watch").skipped, nullptr);
}

TEST_F(RouteTableTest, KnowsTheVerbsOfEachRoute) {
  const auto table = Build({}).table;
  const auto allows = [&](absl::string_view verb, absl::string_view path) {
    return table->Match(verb, path).allows_verb;
  };
  for (const absl::string_view verb : {"GET", "POST"}) {
    EXPECT_TRUE(allows(verb, "/demo.v1.Ticker/Watch")) << verb;
  }
  EXPECT_FALSE(allows("GET", "/demo.v1.Ticker/Post"));
  for (const absl::string_view verb : {"HEAD", "PUT", "OPTIONS", "get", ""}) {
    EXPECT_FALSE(allows(verb, "/demo.v1.Ticker/Watch")) << verb;
  }
  for (const Route& route : table->routes()) {
    EXPECT_EQ(&table->routes()[table->IndexOf(route)], &route);
    EXPECT_EQ(table->Match("POST", route.method->path).route, &route);
  }
}

TEST_F(RouteTableTest, KnowsWhatTheSchemaCouldNotGiveAndTakesRulesForIt) {
  CatalogBuilder catalog;
  catalog.Add("main", ServiceSet::FromFiles("main", {}, {"demo.v1.Gone"}), {});
  RouteTableBuilder builder(catalog.Build());
  builder.AddRules({Rule("demo.v1.Gone.Watch", ""), Rule("demo.v1.Gone", "")});
  const auto table = builder.Build(Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  ASSERT_NE(table->Match("GET", "/demo.v1.Gone/Watch").skipped, nullptr);
  EXPECT_THAT(table->Match("GET", "/demo.v1.Gone/Watch").skipped->reason,
              HasSubstr("no file describes it"));
  EXPECT_EQ(table->Match("GET", "/demo.v1.Gone").skipped, nullptr);
  EXPECT_EQ(table->Match("GET", "/demo.v1.Gone/a/b").skipped, nullptr);
}

TEST_F(RouteTableTest, FindsOnlyTheExactPath) {
  const auto table = Build({}).table;
  for (const char* path : {"", "/", "/demo.v1.Ticker/watch", "/demo.v1.Ticker/Watch/",
                           "demo.v1.Ticker/Watch", "/demo.v1.Ticker/Watch?x=1"}) {
    EXPECT_EQ(table->Match("GET", path).route, nullptr) << path;
  }
}

TEST_F(RouteTableTest, LaysRulesOverTheOptionInTheirOrder) {
  const auto table =
      Build({Rule("*", "retry { seconds: 4 } endless: true"), Rule("demo.v1.Told", "event: FULL"),
             Rule("demo.v1.Told.*", "retry { seconds: 5 }")})
          .table;
  ASSERT_NE(table, nullptr);
  const StreamPolicy& told = table->Match("GET", "/demo.v1.Told/Watch").route->policy;
  EXPECT_EQ(told.event, sluice::v1::StreamOptions::FULL);
  EXPECT_EQ(told.event_name, "");
  EXPECT_EQ(told.id_field.ToString(), "id");
  EXPECT_EQ(told.retry, absl::Seconds(5));
  EXPECT_TRUE(told.endless);
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Watch").route->policy.retry, absl::Seconds(4));
}

TEST_F(RouteTableTest, ForwardsTheUsualHeadersOrThoseOfTheLastRuleThatListsAny) {
  const auto table = Build({Rule("demo.v1.Told", "", {"X-One"}), Rule("demo.v1", "endless: false"),
                            Rule("demo.v1.Told.Watch", "", {"X-Tenant", "x-tenant", "cookie"})})
                         .table;
  ASSERT_NE(table, nullptr);
  EXPECT_THAT(table->Match("GET", "/demo.v1.Told/Watch").route->forward_headers,
              ElementsAre("x-tenant", "cookie"));
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Watch").route->forward_headers.size(), 5u);
}

TEST_F(RouteTableTest, BlamesTheRuleOrTheMethodThatSaidIt) {
  EXPECT_EQ(Wrong({Rule("demo.v1.Ticker.Watch", "id_field: 'idd'"),
                   Rule("demo.v1.Told", "retry {}", {"grpc-x"})}),
            "sluice.yaml:demo.v1.Told: forward_headers: \"grpc-x\" is gRPC's own\n"
            "sluice.yaml:demo.v1.Ticker.Watch: demo.v1.Ticker.Watch: id_field: there is no field "
            "\"idd\" in demo.v1.Tick; did you mean \"id\"?\n"
            "sluice.yaml:demo.v1.Told: demo.v1.Told.Watch: retry: is 0; allowed is from 1ms to "
            "168h\n");
}

TEST_F(RouteTableTest, ReportsSelectorsThatMatchNothingWithTheNearest) {
  EXPECT_EQ(Wrong({Rule("demo.v1.Tickr", ""), Rule("demo.v2.*", ""), Rule("zzz", "")}),
            "sluice.yaml:demo.v1.Tickr: selector: \"demo.v1.Tickr\" matches no method; did you "
            "mean \"demo.v1.Ticker\"?\n"
            "sluice.yaml:demo.v2.*: selector: \"demo.v2.*\" matches no method; did you mean "
            "\"demo.v1.*\"?\n"
            "sluice.yaml:zzz: selector: \"zzz\" matches no method\n");
  EXPECT_THAT(Wrong({Rule("demo.*.Watch", "")}), HasSubstr("selector: \"demo.*.Watch\" names no"));
}

TEST_F(RouteTableTest, WaitsForSelectorsWhileTheSchemaIsIncomplete) {
  EXPECT_NE(Build({Rule("other.v1", "")}, Completeness::kIncomplete).table, nullptr);
  EXPECT_EQ(Build({Rule("other..v1", "")}, Completeness::kIncomplete).table, nullptr);
}

TEST_F(RouteTableTest, RefusesStreamOptionsForTheVeryMethodThatAnswersOnce) {
  EXPECT_EQ(Wrong({Rule("demo.v1.Ticker.*", "endless: true")}), "");
  EXPECT_EQ(Wrong({Rule("demo.v1.Ticker.Post", "", {"cookie"})}), "");
  EXPECT_EQ(Wrong({Rule("demo.v1.Ticker.Post", "endless: true")}),
            "sluice.yaml:demo.v1.Ticker.Post: demo.v1.Ticker.Post: stream: stream options on a "
            "method that answers once; remove them\n");
}

TEST_F(RouteTableTest, RefusesARuleForTheVeryMethodThatIsNotExposed) {
  EXPECT_THAT(Wrong({Rule("demo.v1.Ticker.Chat", "")}),
              HasSubstr("demo.v1.Ticker.Chat is not exposed: it takes a stream of requests"));
}

TEST_F(RouteTableTest, ForwardsOfASharedStreamOnlyWhatDecidesWhoMaySeeIt) {
  const auto table =
      Build({Rule("demo.v1.Told", "share {}"), Rule("demo.v1.Ticker.Watch", "share {}"),
             Rule("demo.v1.Ticker.Watch", "", {"x-tenant"})})
          .table;
  ASSERT_NE(table, nullptr);
  EXPECT_THAT(table->Match("GET", "/demo.v1.Told/Watch").route->forward_headers,
              ElementsAre("authorization"));
  EXPECT_THAT(table->Match("GET", "/demo.v1.Ticker/Watch").route->forward_headers,
              ElementsAre("x-tenant"));
  EXPECT_GT(table->Match("GET", "/demo.v1.Ticker/Events").route->forward_headers.size(), 1u);
}

TEST_F(RouteTableTest, NamesWhatIsSharedByItsOptions) {
  const auto options = [this](const std::string& share) {
    return Build({Rule("demo.v1.Told", share)})
        .table->Match("GET", "/demo.v1.Told/Watch")
        .route->share_identity;
  };
  EXPECT_EQ(options("share {}"), options("share {}"));
  EXPECT_NE(options("share {}"), options("share { slow: SKIP }"));
}

TEST_F(RouteTableTest, TellsOnceWhatIsWrongWithARuleForMany) {
  EXPECT_EQ(Wrong({Rule("*", "event: FULL event_name: 'a'")}),
            "sluice.yaml:*: event_name: stands beside `event`; a stream has one of them, never "
            "both\n");
}

TEST_F(RouteTableTest, ReportsTheOptionOfAMethodThatAnswersOnce) {
  const auto catalog = CatalogOf(R"(
      syntax = "proto3";
      import "sluice/v1/stream.proto";
      message M {}
      service S { rpc Get(M) returns (M) { option (sluice.v1.stream) = { endless: true }; } })");
  EXPECT_EQ(ToText(RouteTableBuilder(catalog).Build(Completeness::kComplete).problems),
            "S.Get: stream: stream options on a method that answers once; remove them\n");
}

TEST_F(RouteTableTest, TakesTheLastListOfQueryMetadata) {
  RouteRule all = Rule("*", "");
  all.query_metadata = {"tenant", "Region", "tenant"};
  RouteRule one = Rule("demo.v1.Ticker.Watch", "");
  one.query_metadata = {"token-bin"};
  const auto table = Build({all, one}).table;
  ASSERT_NE(table, nullptr);
  const std::vector<QueryMetadata>& told =
      table->Match("GET", "/demo.v1.Told/Watch").route->query_metadata;
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].parameter, "Region");
  EXPECT_EQ(told[1].key, "region");
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Watch").route->query_metadata.size(), 1u);
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Get").route->query_metadata.size(), 2u);
}

TEST_F(RouteTableTest, ReportsQueryMetadataThatCannotBe) {
  RouteRule rule = Rule("*", "");
  rule.query_metadata = {"grpc-timeout", "Tenant", "tenant"};
  EXPECT_EQ(Wrong({rule}),
            "sluice.yaml:*: query_metadata: \"grpc-timeout\" is gRPC's own\n"
            "sluice.yaml:*: query_metadata: \"Tenant\" and \"tenant\" would be the same metadata; "
            "keep one\n");
}

TEST_F(RouteTableTest, PutsTheBasePathBeforeThatOfEveryMethod) {
  RouteTableBuilder builder(catalog_);
  builder.UsePaths({.base = "/api"}, "");
  const auto table = builder.Build(Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  const RouteMatch match = table->Match("GET", "/api/demo.v1.Ticker/Watch");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(table->PathOf(*match.route->method), "/api/demo.v1.Ticker/Watch");
  EXPECT_NE(table->Match("GET", "/api/demo.v1.Ticker/Chat").skipped, nullptr);
  EXPECT_EQ(table->Match("GET", "/demo.v1.Ticker/Watch").route, nullptr);
}

TEST_F(RouteTableTest, KnowsWhatIsOutsideOfTheBasePath) {
  RouteTableBuilder builder(catalog_);
  builder.UsePaths({.base = "/api"}, "");
  const auto table = builder.Build(Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  for (const char* path : {"/demo.v1.Ticker/Watch", "/apis/x", "/", "*", "", "/API/x"}) {
    EXPECT_TRUE(table->IsOutside(path)) << path;
    EXPECT_FALSE(Build({}).table->IsOutside(path)) << path;
  }
  for (const char* path : {"/api", "/api/", "/api/x"}) EXPECT_FALSE(table->IsOutside(path)) << path;
}

TEST_F(RouteTableTest, ReportsAMethodAtThePathForHealth) {
  RouteTableBuilder builder(catalog_);
  builder.UsePaths({.base = "/api", .health = "/api/demo.v1.Ticker/Watch"}, "sluice.yaml:3:1");
  const auto result = builder.Build(Completeness::kComplete);
  EXPECT_EQ(result.table, nullptr);
  EXPECT_EQ(ToText(result.problems),
            "sluice.yaml:3:1: health_path: demo.v1.Ticker.Watch is at /api/demo.v1.Ticker/Watch; "
            "write another path, such as /healthz\n");
  builder.UsePaths({.base = "/api", .health = "/demo.v1.Ticker/Watch"}, "");
  EXPECT_NE(builder.Build(Completeness::kComplete).table, nullptr);
}

TEST_F(RouteTableTest, IsEmptyForAnEmptyCatalog) {
  const auto result = RouteTableBuilder(CatalogBuilder().Build()).Build(Completeness::kComplete);
  ASSERT_NE(result.table, nullptr);
  EXPECT_TRUE(result.table->routes().empty());
}

}  // namespace
}  // namespace sluice
