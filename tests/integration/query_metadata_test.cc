// SPDX-License-Identifier: Apache-2.0
// What a route names of a query is metadata for the service, and decides who shares a stream.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kYaml[] =
    "routes:\n"
    "  - selector: demo.v1.Faults.*\n"
    "    query_metadata: [tenant, Region]\n"
    "  - selector: demo.v1.Clock.Watch\n"
    "    query_metadata: [tenant, region]\n";
constexpr char kWatch[] = "/demo.v1.Clock/Watch";

TEST(QueryMetadata, GoesToTheServiceAndIsNoFieldOfTheRequest) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Echo?tenant=a+b&Region=eu"});
  EXPECT_EQ(answer.status(), 200);
  const std::string seen = answer.ReadBody();
  EXPECT_TRUE(absl::StrContains(seen, "\"tenant\":\"a b\"")) << seen;
  EXPECT_TRUE(absl::StrContains(seen, "\"region\":\"eu\"")) << seen;
}

TEST(QueryMetadata, NothingElseOfAQueryDoes) {
  TestGateway gateway({.yaml = kYaml});
  HttpAnswer unlisted(gateway.port(), {.target = "/demo.v1.Faults/Echo?authorization=x"});
  EXPECT_EQ(unlisted.status(), 400);
  HttpAnswer twice(gateway.port(), {.target = "/demo.v1.Faults/Echo?tenant=a&tenant=b"});
  EXPECT_EQ(twice.status(), 400);
  EXPECT_TRUE(absl::StrContains(twice.ReadBody(), "tenant")) << twice.body();
  EXPECT_EQ(gateway.refused("bad_parameter"), 2u);
}

TEST(QueryMetadata, SharesNoStreamAcrossItsValues) {
  TestGateway gateway({.yaml = kYaml});
  const auto open = [&](const std::string& query) {
    auto answer = std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = absl::StrCat(kWatch, "?", query)});
    EXPECT_EQ(answer->NextEvent()->name, "stream-open");
    return answer;
  };
  const auto one = open("tenant=a&region=eu");
  const auto same = open("region=eu&tenant=a");
  EXPECT_EQ(gateway.service().calls(kWatch), 1);
  const auto other = open("tenant=b&region=eu");
  EXPECT_EQ(gateway.service().calls(kWatch), 2);
  const auto without = open("region=eu");
  EXPECT_EQ(gateway.service().calls(kWatch), 3);
}

}  // namespace
}  // namespace sluice
