// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/status_page.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/unit/route/every_option.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

using Json = nlohmann::json;

TEST(ReadinessJson, SaysWhyNot) {
  GatewayStatus status;
  EXPECT_EQ(ReadinessJson(status), "{\"ready\":true}\n");
  status.not_ready = {"a \"b\""};
  EXPECT_EQ(ReadinessJson(status), "{\"ready\":false,\"reasons\":[\"a \\\"b\\\"\"]}\n");
}

TEST(ReadinessJson, SaysWhatIsLeftOutHoweverReady) {
  GatewayStatus status;
  status.left_out = {{.full_name = "t.S",
                      .path = "/t.S/",
                      .upstream = "main",
                      .reason = "a \xff file is missing"}};
  const Json json = Json::parse(ReadinessJson(status));
  EXPECT_EQ(json["ready"], true);
  EXPECT_EQ(json["left_out"][0]["service"], "t.S");
  EXPECT_EQ(json["left_out"][0]["upstream"], "main");
  EXPECT_FALSE(json.contains("left_out_further"));
  status.left_out.resize(50, status.left_out.front());
  const Json bounded = Json::parse(ReadinessJson(status));
  EXPECT_EQ(bounded["left_out"].size(), kMostLeftOut);
  EXPECT_EQ(bounded["left_out_further"], 50 - kMostLeftOut);
}

TEST(StatusJson, ShowsWhatIsInForceAndWhatWasRefused) {
  GatewayStatus status{.version = "1.2.3", .uptime = absl::Milliseconds(1500), .phase = "active"};
  status.upstreams = {{.name = "main", .target = "x:1", .schema_known = true}};
  status.schema_problems = {"f:2:1: matches no method"};
  status.schema_warnings = {"t.S.M: odd"};
  status.left_out = {
      {.full_name = "t.S.N", .path = "/t.S/N", .upstream = "main", .reason = "no type t.X"}};
  status.snapshot = {.number = 3, .age = absl::Seconds(2), .methods = 5, .skipped = 1};
  status.refused_reload = {{.age = absl::Seconds(1), .reasons = {{"f:1:2", "no \xff key"}}}};
  status.limits = {{"head", "16KiB"}};
  status.topics = {{.name = "t.S/M", .subscribers = 3, .events = 10, .bytes = 400, .ended = true}};
  Metrics metrics;
  MethodCounts& counts = metrics.Method("t.S.M", MethodMeter::Kind::kStream).OnLoop(0);
  counts.opened.Add(3);
  counts.CountEnd(StreamEnd::kOk);
  const Json json = Json::parse(StatusJson(status, metrics));
  EXPECT_EQ(json["build"]["version"], "1.2.3");
  EXPECT_EQ(json["ready"], true);
  EXPECT_EQ(json["snapshot"]["number"], 3);
  EXPECT_EQ(json["snapshot"]["age_seconds"], 2.0);
  EXPECT_EQ(json["upstreams"][0]["schema"], "known");
  EXPECT_EQ(json["schema_problems"][0], "f:2:1: matches no method");
  EXPECT_EQ(json["schema_warnings"][0], "t.S.M: odd");
  EXPECT_EQ(json["left_out"], Json::parse(R"([{"method": "t.S.N", "upstream": "main",
                                               "reason": "no type t.X"}])"));
  EXPECT_EQ(json["last_refused_reload"]["reasons"][0]["where"], "f:1:2");
  EXPECT_EQ(json["streams"]["open"], 2);
  EXPECT_EQ(json["streams"]["by_method"][0]["method"], "t.S.M");
  EXPECT_EQ(json["limits"]["head"], "16KiB");
  EXPECT_EQ(json["topics"], Json::parse(R"([{"stream": "t.S/M", "subscribers": 3, "events": 10,
                                             "bytes": 400, "ended": true}])"));
}

TEST(RoutesJson, ShowsWhatIsExposedAndWhatIsNot) {
  RouteTableBuilder builder(CatalogOf(kRouteSchema));
  const auto table = builder.Build(RouteTableBuilder::Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  const Json json = Json::parse(RoutesJson(*table));
  const auto find = [&](const char* list, const std::string& method) {
    for (const Json& each : json[list]) {
      if (each["method"] == method) return each;
    }
    return Json();
  };
  const Json told = find("routes", "demo.v1.Told.Watch");
  EXPECT_EQ(told["path"], "/demo.v1.Told/Watch");
  EXPECT_EQ(told["verbs"], Json({"GET", "POST"}));
  EXPECT_EQ(told["stream"]["id_field"], "id");
  EXPECT_EQ(told["stream"], Json::parse(R"({
    "event_name": "tick", "id_field": "id", "endless": false, "retry": "9s", "end_retry": "3s",
    "heartbeat": "15s", "heartbeat_event": false, "required": [],
    "json": {"proto_names": false, "enums_as_numbers": false, "default_values": false,
             "numbers_64": false},
    "unknown_any": "BASE64", "bad_message": "SKIP"})"));
  EXPECT_EQ(find("routes", "demo.v1.Ticker.Post")["kind"], "unary");
  EXPECT_NE(find("skipped", "demo.v1.Ticker.Chat")["reason"], "");
  EXPECT_EQ(find("skipped", "demo.v1.Ticker.Chat")["upstream"], "main");
}

TEST(RoutesJson, ShowsEveryOption) {
  const auto catalog = CatalogOf(kOptionSchema);
  for (const OptionSample& option : OptionSamples::All()) {
    RouteTableBuilder builder(catalog);
    builder.AddRules({{.where = "f:1:1", .selector = "*", .stream = option.first}});
    const auto built = builder.Build(RouteTableBuilder::Completeness::kComplete);
    ASSERT_NE(built.table, nullptr) << ToText(built.problems);
    const Json json = Json::parse(RoutesJson(*built.table));
    const Json* value = &json["routes"][0]["stream"];
    for (const absl::string_view name : absl::StrSplit(option.path, '.')) {
      ASSERT_TRUE(value->contains(std::string(name))) << option.path << " in " << json.dump(2);
      value = &(*value)[std::string(name)];
    }
    if (value->is_array()) value = &(*value)[0];
    const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
    EXPECT_EQ(text, option.first_text) << option.path;
  }
}

TEST(RoutesJson, ShowsOfASharedStreamWhatIsInForce) {
  RouteTableBuilder builder(CatalogOf(kOptionSchema));
  builder.AddRules({{.where = "f:1:1", .selector = "*", .stream = Options("share {}")}});
  const auto table = builder.Build(RouteTableBuilder::Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  const Json json = Json::parse(RoutesJson(*table));
  EXPECT_EQ(json["routes"][0]["stream"]["share"], Json::parse(R"({
    "linger": "5s", "history": {"events": 1000, "bytes": 8388608}, "start": {"at": "LIVE"},
    "on_gap": "OLDEST", "slow": "DISCONNECT", "presence": false,
    "reopen": {"min": "1s", "max": "30s"}})"));
}

TEST(RoutesJson, ShowsPathsAsBrowsersAskForThemAndWhatOfAQueryIsMetadata) {
  RouteTableBuilder builder(CatalogOf(kRouteSchema));
  builder.UsePaths({.base = "/api"}, "");
  builder.AddRules({{.where = "test", .selector = "*", .query_metadata = {"Tenant"}}});
  const auto table = builder.Build(RouteTableBuilder::Completeness::kComplete).table;
  ASSERT_NE(table, nullptr);
  const Json json = Json::parse(RoutesJson(*table));
  for (const Json& route : json["routes"]) {
    EXPECT_TRUE(absl::StartsWith(route["path"].get<std::string>(), "/api/demo.v1.")) << route;
    EXPECT_EQ(route["query_metadata"], Json({"Tenant"}));
  }
}

TEST(StatusJson, HasNoRefusedReloadWhereThereWasNone) {
  EXPECT_TRUE(Json::parse(StatusJson({}, Metrics()))["last_refused_reload"].is_null());
}

}  // namespace
}  // namespace sluice
