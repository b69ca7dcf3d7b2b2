// SPDX-License-Identifier: Apache-2.0
// Whatever a service reflects, in whatever way its library does it, is served where the meaning of
// its bytes can be told.
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/reflecting_service.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Schema = ReflectingService::Schema;

// Request and Event of a package, the Event with further fields, and a service that streams it.
std::string FeedFile(const std::string& event, const std::string& more = "") {
  return absl::StrCat(
      "name: 'feed.proto' package: 'feed' syntax: 'proto3' message_type { name:"
      " 'Request' field { name: 'since' number: 1 type: TYPE_MESSAGE type_name:"
      " 'google.protobuf.Timestamp' } } message_type { name: 'Event' ",
      event,
      " } service { name: 'Feed' method { name: 'Watch' input_type: 'Request'"
      " output_type: 'Event' server_streaming: true } } ",
      more);
}

Schema FeedSchema(const std::string& file, const std::string& message) {
  Schema schema;
  schema.services = {"feed.Feed"};
  schema.by_symbol["feed.Feed"] = {file};
  schema.messages["/feed.Feed/Watch"] = {message};
  return schema;
}

// The data of the first event of a stream; empty: there was none.
std::string FirstData(const TestGateway& gateway, const std::string& target) {
  HttpAnswer answer(gateway.port(), {.target = target});
  while (const auto event = answer.NextEvent()) {
    if (!absl::StartsWith(event->name, "stream-")) return event->data;
  }
  return absl::StrCat("none: ", answer.body());
}

TEST(ForeignSchema, OfOneFileAPackageWithoutImportsIsServed) {
  // As protobuf.js makes it: no imports, relative names, entries named after their fields.
  ReflectingService service(FeedSchema(
      FeedFile("field { name: 'labels' number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED"
               " type_name: 'Labels' } nested_type { name: 'Labels' options { map_entry: true }"
               " field { name: 'key' number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }"
               " field { name: 'value' number: 2 type: TYPE_STRING label: LABEL_OPTIONAL } }"),
      "\x0a\x06\x0a\x01"
      "a\x12\x01"
      "b"));
  TestGateway gateway({.target = service.target()});
  EXPECT_EQ(FirstData(gateway, "/feed.Feed/Watch?since=1970-01-01T00:00:07Z"),
            "{\"labels\":{\"a\":\"b\"}}");
  EXPECT_EQ(service.last_request("/feed.Feed/Watch"), "\x0a\x02\x08\x07");
}

TEST(ForeignSchema, WhoseTypeTheServiceKnowsByNameOnlyIsServed) {
  Schema schema = FeedSchema(
      FeedFile("field { name: 'item' number: 1 type: TYPE_MESSAGE type_name: '.shop.Item' }",
               "dependency: 'github.com/shop/item.proto'"),
      "\x0a\x03\x0a\x01x");
  schema.by_symbol["shop.Item"] = {
      "name: 'item.proto' package: 'shop' syntax: 'proto3' message_type { name: 'Item' field {"
      " name: 'sku' number: 1 type: TYPE_STRING } }"};
  ReflectingService service(schema);
  TestGateway gateway({.target = service.target()});
  EXPECT_EQ(FirstData(gateway, "/feed.Feed/Watch"), "{\"item\":{\"sku\":\"x\"}}");
}

TEST(ForeignSchema, HasTheExtensionsThatTheServiceKnowsInEventsAndRequests) {
  Schema schema;
  schema.services = {"old.Feed"};
  schema.by_symbol["old.Feed"] = {
      "name: 'old.proto' package: 'old' message_type { name: 'M' extension_range { start: 100 end:"
      " 200 } } service { name: 'Feed' method { name: 'Watch' input_type: '.old.M' output_type:"
      " '.old.M' server_streaming: true } }"};
  schema.extension_numbers["old.M"] = {101};
  schema.by_extension[{"old.M", 101}] =
      "name: 'more.proto' package: 'more' dependency: 'old.proto' extension { name: 'n' number: 101"
      " label: LABEL_OPTIONAL type: TYPE_INT32 extendee: '.old.M' }";
  schema.messages["/old.Feed/Watch"] = {"\xa8\x06\x05"};
  ReflectingService service(schema);
  TestGateway gateway({.target = service.target()});
  HttpAnswer answer(gateway.port(), {.method = "POST",
                                     .target = "/old.Feed/Watch",
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = "{\"[more.n]\": 6}"});
  EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "data: {\"[more.n]\":5}")) << answer.body();
  EXPECT_EQ(service.last_request("/old.Feed/Watch"), "\xa8\x06\x06");
}

TEST(ForeignSchema, CostsTheMethodsThatAreBrokenAlone) {
  ReflectingService service(FeedSchema(
      FeedFile("field { name: 'n' number: 1 type: TYPE_INT32 }",
               "dependency: 'gone.proto' message_type { name: 'Bad' field { name: 'x' number: 1"
               " type_name: '.gone.T' } } service { name: 'Other' method { name: 'Get' input_type:"
               " 'Bad' output_type: 'Event' } method { name: 'Fine' input_type: 'Request'"
               " output_type: 'Event' } }"),
      "\x08\x07"));
  TestGateway gateway({.target = service.target()});
  EXPECT_EQ(FirstData(gateway, "/feed.Feed/Watch"), "{\"n\":7}");
}

TEST(ForeignSchema, ThatIsBrokenIsNamedOnThePageOfTheRoutes) {
  Schema schema = FeedSchema(FeedFile("field { name: 'x' number: 1 type_name: '.gone.T' }"), "");
  schema.services = {"feed.Feed", "a.Circle", "b.Good"};
  schema.by_symbol["a.Circle"] = {
      "name: 'a.proto' package: 'a' dependency: 'b.proto' message_type { name: 'M' } service {"
      " name: 'Circle' method { name: 'Get' input_type: 'M' output_type: 'M' } }",
      "name: 'b.proto' package: 'b' dependency: 'a.proto'"};
  schema.by_symbol["b.Good"] = {
      "name: 'g.proto' package: 'b' message_type { name: 'M' } service { name: 'Good' method {"
      " name: 'Get' input_type: 'M' output_type: 'M' } }"};
  ReflectingService service(schema);
  TestGateway gateway({.target = service.target()});
  const std::string routes = gateway.Page("/routes");
  EXPECT_TRUE(absl::StrContains(routes, "feed.Event.x")) << routes;
  EXPECT_TRUE(absl::StrContains(routes, "gone.T")) << routes;
  EXPECT_TRUE(absl::StrContains(routes, "a.proto → b.proto → a.proto")) << routes;
  HttpAnswer missing(gateway.port(), {.target = "/feed.Feed/Watch"});
  EXPECT_EQ(missing.status(), 404);
}

TEST(ForeignSchema, MayNeedMetadataFromAFileAndV1AlphaAndAnRpcForEachQuestion) {
  const std::string secret = absl::StrCat(testing::TempDir(), "/reflection_token_", getpid());
  std::ofstream(secret) << "Bearer x\n";
  Schema schema = FeedSchema(
      FeedFile("field { name: 'n' number: 1 type: TYPE_INT32 }", "dependency: 'other.proto'"),
      "\x08\x07");
  schema.by_name["other.proto"] = {"name: 'other.proto' package: 'other'"};
  schema.package = "grpc.reflection.v1alpha";
  schema.ends_after_each_answer = true;
  schema.metadata = {{"authorization", "Bearer x"}, {"x-tenant", "a"}};
  ReflectingService service(schema);
  TestGateway gateway(
      {.yaml = absl::StrCat("upstreams: {main: {schema: {timeout: 20s, metadata: {x-tenant: a,"
                            " authorization: {file: \"",
                            secret, "\"}}}}}\n"),
       .target = service.target()});
  EXPECT_EQ(FirstData(gateway, "/feed.Feed/Watch"), "{\"n\":7}");
  std::filesystem::remove(secret);
}

TEST(ForeignSchema, MayHaveItsTypesWithAnotherService) {
  ReflectingService main(FeedSchema(
      FeedFile("field { name: 'item' number: 1 type_name: '.shop.Item' }"), "\x0a\x03\x0a\x01x"));
  Schema other;
  other.services = {"shop.Shop"};
  other.by_symbol["shop.Shop"] = {
      "name: 'shop.proto' package: 'shop' syntax: 'proto3' message_type { name: 'Item' field {"
      " name: 'sku' number: 1 type: TYPE_STRING } } service { name: 'Shop' method { name: 'Get'"
      " input_type: 'Item' output_type: 'Item' } }"};
  ReflectingService shop(other);
  TestGateway gateway(
      {.yaml = absl::StrCat("upstreams: {shop: {target: \"", shop.target(), "\"}}\n"),
       .target = main.target()});
  EXPECT_TRUE(Eventually(
      [&] { return FirstData(gateway, "/feed.Feed/Watch") == "{\"item\":{\"sku\":\"x\"}}"; },
      absl::Seconds(20)));
}

}  // namespace
}  // namespace sluice
