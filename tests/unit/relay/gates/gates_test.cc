// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/gates/gates.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GatesTest : public testing::Test {
 protected:
  GatesTest() {
    settings_.relay.origins.origins = {"https://app.example"};
    request_ = {.method = "GET", .path = "/t.Feed/Watch"};
  }

  IncomingRequest Read() {
    snapshot_ = MakeSnapshot(settings_, std::make_shared<FakeUpstream>(), metrics_);
    return IncomingRequest(request_, *snapshot_, draining_);
  }

  // The gate that decides, and what: `path: unknown_path`, `verb: 204`; empty if all let it pass.
  std::string Decided() {
    const IncomingRequest incoming = Read();
    for (const Gate& gate : RequestGates()) {
      const Verdict verdict = gate.judge(incoming);
      if (std::holds_alternative<Pass>(verdict)) continue;
      std::string decision =
          std::holds_alternative<HealthQuestion>(verdict) ? "question" : "ended stream";
      if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
        decision = std::string(NameOf(refusal->reason));
        message_ = refusal->message;
      } else if (const auto* response = std::get_if<Response>(&verdict)) {
        decision = std::to_string(response->head.status);
      }
      return std::string(gate.name) + ": " + decision;
    }
    return "";
  }

  Metrics metrics_;
  SnapshotSettings settings_;
  HttpRequest request_;
  bool draining_ = false;
  std::shared_ptr<const Snapshot> snapshot_;
  std::string message_;
};

// Whoever changes it changes docs/wire.md.
TEST_F(GatesTest, StandInTheOrderOfTheContract) {
  std::vector<std::string> names;
  for (const Gate& gate : RequestGates()) names.emplace_back(gate.name);
  EXPECT_THAT(names, ElementsAre("health", "origin", "preflight", "path", "ended", "query", "verb",
                                 "format", "drain", "connections"));
}

TEST_F(GatesTest, LetAnOrdinaryRequestPass) {
  EXPECT_EQ(Decided(), "");
  request_.method = "POST";
  EXPECT_EQ(Decided(), "");
}

// Each step mends what was refused, and something that comes later in the row is found.
TEST_F(GatesTest, TheFirstThatFindsSomethingDecides) {
  draining_ = true;
  request_ = {.method = "PUT", .path = "/t.Feed/Nothing", .query = "a=%zz", .over_limit = true};
  request_.headers.Add("origin", "https://evil.example");
  request_.headers.Add("cookie", "a=b");
  request_.headers.Add("accept", "image/png");
  EXPECT_EQ(Decided(), "origin: foreign_origin");
  EXPECT_THAT(message_, HasSubstr("https://evil.example"));
  request_.headers = {};
  request_.headers.Add("accept", "image/png");
  EXPECT_EQ(Decided(), "path: unknown_path");
  EXPECT_THAT(message_, HasSubstr("/t.Feed/Nothing"));
  request_.path = "/t.Feed/Watch";
  EXPECT_EQ(Decided(), "query: bad_parameter");
  request_.query.clear();
  EXPECT_EQ(Decided(), "verb: method_not_allowed");
  EXPECT_EQ(message_, "PUT is not allowed here; allowed are GET, POST, OPTIONS");
  request_.method = "GET";
  EXPECT_EQ(Decided(), "format: not_acceptable");
  EXPECT_EQ(message_,
            "not acceptable: this method offers text/event-stream and application/x-ndjson");
  request_.headers = {};
  EXPECT_EQ(Decided(), "drain: drain");
  draining_ = false;
  EXPECT_EQ(Decided(), "connections: too_many_connections");
  request_.over_limit = false;
  EXPECT_EQ(Decided(), "");
}

TEST_F(GatesTest, ALoadBalancerMayAskWhateverElseItSends) {
  settings_.paths.health = "/healthz";
  draining_ = true;
  request_ = {.method = "GET", .path = "/healthz", .query = "a=%zz", .over_limit = true};
  request_.headers.Add("origin", "https://evil.example");
  request_.headers.Add("cookie", "a=b");
  EXPECT_EQ(Decided(), "health: question");
  request_.method = "HEAD";
  EXPECT_EQ(Decided(), "health: question");
  for (const char* verb : {"POST", "OPTIONS", "PUT"}) {
    request_.method = verb;
    EXPECT_EQ(Decided(), "health: method_not_allowed");
    EXPECT_EQ(message_, absl::StrCat(verb, " is not allowed here; allowed are GET, HEAD"));
  }
}

TEST_F(GatesTest, WithoutAPathForHealthNobodyMayAsk) {
  for (const char* path : {"/healthz", "/", "*", ""}) {
    request_.path = path;
    EXPECT_EQ(Decided(), "path: unknown_path") << path;
  }
}

TEST_F(GatesTest, ThereIsNothingOutsideOfTheBasePath) {
  settings_.paths.base = "/api";
  settings_.pending = {"later"};
  for (const char* path : {"/t.Feed/Watch", "/apit.Feed/Watch", "/API/t.Feed/Watch", "/", "*"}) {
    request_.path = path;
    EXPECT_EQ(Decided(), "path: unknown_path");
    EXPECT_EQ(message_,
              absl::StrCat("there is nothing at ", path, "; everything here is under /api"));
  }
  request_.path = "/api/x.Y/Z";
  EXPECT_EQ(Decided(), "path: schema_pending");
  request_.path = "/api/t.Feed/Chat";
  EXPECT_EQ(Decided(), "path: not_exposed");
  request_.path = "/api/t.Feed/Watch";
  EXPECT_EQ(Decided(), "");
}

TEST_F(GatesTest, APathThatIsNotKnownShowsTheFormOfOne) {
  settings_.paths.base = "/api";
  for (const char* path : {"/api", "/api/", "/api//t.Feed/Watch"}) {
    request_.path = path;
    EXPECT_EQ(Decided(), "path: unknown_path") << path;
    EXPECT_THAT(message_, HasSubstr("paths have the form /api/package.Service/Method"));
  }
}

TEST_F(GatesTest, AnEndedStreamIsOverWhateverTheQuerySays) {
  request_.query = "a=%zz";
  request_.headers.Add("last-event-id", "7~end");
  EXPECT_EQ(Decided(), "ended: ended stream");
  request_.method = "POST";
  EXPECT_EQ(Decided(), "ended: ended stream");
  request_.method = "HEAD";
  EXPECT_EQ(Decided(), "query: bad_parameter");
}

TEST_F(GatesTest, AUnaryMethodDoesNotEnd) {
  request_.path = "/t.Feed/Get";
  request_.headers.Add("last-event-id", "7~end");
  EXPECT_EQ(Decided(), "");
}

TEST_F(GatesTest, APreflightIsAnsweredAtAnyPath) {
  request_ = {.method = "OPTIONS", .path = "/nothing"};
  request_.headers.Add("origin", "https://app.example");
  request_.headers.Add("access-control-request-method", "GET");
  EXPECT_EQ(Decided(), "preflight: 204");
}

TEST_F(GatesTest, PlainOptionsTellsTheVerbs) {
  request_.method = "OPTIONS";
  EXPECT_EQ(Decided(), "verb: 204");
}

TEST_F(GatesTest, APathMayStillComeWithASchema) {
  settings_.pending = {"later", "last"};
  request_.path = "/x.Y/Z";
  EXPECT_EQ(Decided(), "path: schema_pending");
  EXPECT_EQ(message_,
            "the schema of later, last is not known yet, and no other service has /x.Y/Z");
}

TEST_F(GatesTest, AMethodThatIsNotExposedSaysWhy) {
  request_.path = "/t.Feed/Chat";
  EXPECT_EQ(Decided(), "path: not_exposed");
  EXPECT_THAT(message_,
              HasSubstr("t.Feed.Chat takes a stream of requests, which a browser cannot send"));
}

TEST_F(GatesTest, WhatCannotBeServedExistsAndItsReasonIsForOperators) {
  for (const char* path : {"/t.Gone/Watch", "/t.Gone/Any"}) {
    request_.path = path;
    EXPECT_EQ(Decided(), "path: not_served");
    EXPECT_EQ(message_,
              "the service t.Gone exists but is not served: its schema is incomplete or has an "
              "error; to the gateway's operators /status says which");
  }
  settings_.pending = {"later"};
  EXPECT_EQ(Decided(), "path: not_served");
}

TEST_F(GatesTest, TheParameterAltGoesBeforeAccept) {
  request_.headers.Add("accept", "text/event-stream");
  request_.query = "alt=ndjson";
  EXPECT_EQ(Read().format, Format::kNdjson);
  request_.query = "alt=json";
  EXPECT_EQ(Decided(), "format: not_acceptable");
  request_.path = "/t.Feed/Get";
  EXPECT_EQ(Read().format, Format::kJson);
}

}  // namespace
}  // namespace sluice
