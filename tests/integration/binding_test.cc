// SPDX-License-Identifier: Apache-2.0
// Query parameters fill the request message: the service gets what the page meant.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// What the service got of `kinds`, as it tells it.
std::string Bound(TestGateway& gateway, const std::string& query) {
  HttpAnswer answer(gateway.port(), {.target = absl::StrCat("/demo.v1.Faults/Echo?", query)});
  const std::string body = answer.ReadBody();
  const size_t end = body.find(",\"metadata\"");
  return answer.status() == 200 ? body.substr(0, end) : body;
}

TEST(Binding, TakesEveryKindOfField) {
  TestGateway gateway;
  const std::pair<std::string, std::string> cases[] = {
      {"kinds.int32_value=-7", "{\"int32Value\":-7}"},
      {"kinds.int32Value=-7", "{\"int32Value\":-7}"},
      {"kinds.int64_value=9007199254740993", "{\"int64Value\":\"9007199254740993\"}"},
      {"kinds.double_value=1.5", "{\"doubleValue\":1.5}"},
      {"kinds.bool_value=true", "{\"boolValue\":true}"},
      {"kinds.string_value=a%26b", "{\"stringValue\":\"a&b\"}"},
      {"kinds.bytes_value=-_8", "{\"bytesValue\":\"+/8=\"}"},
      {"kinds.enum_value=GREEN", "{\"enumValue\":\"GREEN\"}"},
      {"kinds.enum_value=1", "{\"enumValue\":\"RED\"}"},
      {"kinds.nested.child.text=deep", "{\"nested\":{\"child\":{\"text\":\"deep\"}}}"},
      {"kinds.repeated_int32=1&kinds.repeated_int32=2", "{\"repeatedInt32\":[1,2]}"},
      {"kinds.timestamp=2026-01-02T03:04:05Z", "{\"timestamp\":\"2026-01-02T03:04:05Z\"}"},
      {"kinds.duration=1.5s", "{\"duration\":\"1.500s\"}"},
      {"kinds.int64_wrapper=5", "{\"int64Wrapper\":\"5\"}"},
      {"kinds.string_wrapper=", "{\"stringWrapper\":\"\"}"},
  };
  for (const auto& [query, expected] : cases) {
    EXPECT_EQ(Bound(gateway, query), absl::StrCat("{\"request\":{\"kinds\":", expected, "}"));
  }
}

// As URLSearchParams encodes it: brackets, braces and quotes in percent, spaces as a plus.
TEST(Binding, TakesMapsAndMessages) {
  TestGateway gateway;
  const std::pair<std::string, std::string> cases[] = {
      {"kinds.string_map%5Benv%5D=a+b", "{\"stringMap\":{\"env\":\"a b\"}}"},
      {"kinds.stringMap[%5D.%5D]=x", "{\"stringMap\":{\"].]\":\"x\"}}"},
      {"kinds.string_map=%7B%22a%22%3A%22b%22%7D", "{\"stringMap\":{\"a\":\"b\"}}"},
      {"kinds.nested_map[7].child.text=x", "{\"nestedMap\":{\"7\":{\"child\":{\"text\":\"x\"}}}}"},
      {"kinds.enum_map[false]=GREEN", "{\"enumMap\":{\"false\":\"GREEN\"}}"},
      {"kinds.nested={%22text%22:%22x%22}", "{\"nested\":{\"text\":\"x\"}}"},
      {"kinds.struct[a]=[1,null]", "{\"struct\":{\"a\":[1,null]}}"},
      {"kinds.struct={%22a%22:true}", "{\"struct\":{\"a\":true}}"},
  };
  for (const auto& [query, expected] : cases) {
    EXPECT_EQ(Bound(gateway, query), absl::StrCat("{\"request\":{\"kinds\":", expected, "}"));
  }
}

TEST(Binding, ReadsAllOfTheRequestFromOneParameter) {
  TestGateway gateway;
  EXPECT_EQ(Bound(gateway, "kinds={%22int32Value%22:7,%22nested%22:{%22text%22:%22x%22}}"),
            "{\"request\":{\"kinds\":{\"int32Value\":7,\"nested\":{\"text\":\"x\"}}}");
}

TEST(Binding, RefusesWhatDoesNotFitByName) {
  TestGateway gateway;
  const std::pair<std::string, std::string> cases[] = {
      {"kinds.int32_value=2147483648", "int32_value"},
      {"kinds.int32_value=1x", "int32_value"},
      {"kinds.bool_value=yes", "bool_value"},
      {"kinds.enum_value=BLUE", "BLUE"},
      {"kinds.nested=x", "nested"},
      {"kinds.nested.no_such=x", "no_such"},
      {"kinds.string_map=x", "string_map"},
      {"kinds.string_value=%FF", "string_value"},
      {"kinds.timestamp=yesterday", "timestamp"},
      {"kinds.choice_string=a&kinds.choice_int64=1", "choice"},
      {"=x", "empty"},
      {"kinds.string_map[a]=1&kinds.string_map[a]=2", "kinds.string_map[a]"},
      {"kinds.nested={}&kinds.nested.text=x", "given as a whole"},
      {"kinds.nested={%22txt%22:1}", "/txt"},
      {"kinds.nested_map[x]={}", "as a key"},
      {"kinds.repeated_int32[]=1", "is a list, which has no keys"},
      {"kinds.timestamp.seconds=1", "timestamp"},
  };
  for (const auto& [query, named] : cases) {
    const std::string body = Bound(gateway, query);
    EXPECT_TRUE(absl::StartsWith(body, "{\"code\":3,")) << query << ": " << body;
    EXPECT_TRUE(absl::StrContains(body, named)) << query << ": " << body;
  }
}

}  // namespace
}  // namespace sluice
