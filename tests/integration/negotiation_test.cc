// SPDX-License-Identifier: Apache-2.0
// One stream in the form that the caller asks for.
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

std::string TypeFor(TestGateway& gateway, const std::string& accept, const std::string& more = "") {
  TestRequest request{.target = "/demo.v1.Faults/Run?count=1" + more};
  if (!accept.empty()) request.headers = {{"Accept", accept}};
  return HttpAnswer(gateway.port(), request).header("content-type");
}

TEST(Negotiation, FollowsAcceptAndAlt) {
  TestGateway gateway;
  EXPECT_EQ(TypeFor(gateway, ""), "text/event-stream");
  EXPECT_EQ(TypeFor(gateway, "*/*"), "text/event-stream");
  EXPECT_EQ(TypeFor(gateway, "text/event-stream"), "text/event-stream");
  EXPECT_EQ(TypeFor(gateway, "application/x-ndjson"), "application/x-ndjson");
  EXPECT_EQ(TypeFor(gateway, "text/event-stream;q=0.5, application/x-ndjson"),
            "application/x-ndjson");
  EXPECT_EQ(TypeFor(gateway, "text/html", "&alt=sse"), "text/event-stream");
  EXPECT_EQ(TypeFor(gateway, "text/event-stream", "&alt=ndjson"), "application/x-ndjson");
}

TEST(Negotiation, NdjsonIsAMessageALineAndACleanEnd) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=3&alt=ndjson"});
  EXPECT_EQ(answer.ReadBody(),
            "{\"sequence\":\"1\"}\n{\"sequence\":\"2\"}\n{\"sequence\":\"3\"}\n");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
}

TEST(Negotiation, NdjsonCommitsItsHeadWithoutAByteOfBody) {
  TestGateway gateway({.yaml = "limits: {open_grace: 50ms}\n"});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?hang=true&alt=ndjson"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.ReadBody(absl::Milliseconds(200)), "");
}

}  // namespace
}  // namespace sluice
