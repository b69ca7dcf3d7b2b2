// SPDX-License-Identifier: Apache-2.0
// One RPC for all who ask for the same, and for nobody else; it ends when nobody is left.
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";
constexpr char kShared[] =
    "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 200ms}}}]\n";

using Answers = std::vector<std::unique_ptr<HttpAnswer>>;

// True when it sends events.
bool Streams(HttpAnswer& answer) {
  while (const std::optional<ReceivedEvent> event = answer.NextEvent()) {
    if (!absl::StartsWith(event->name, "stream-")) return true;
  }
  return false;
}

TEST(SharedStream, IsOneRpcForAny) {
  TestGateway gateway({.yaml = kShared});
  Answers answers;
  for (int i = 0; i < 40; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = absl::StrCat(kRun, "?rate=50&size=20")}));
  }
  std::map<std::string, std::string> data_by_id;
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->header("content-type"), "text/event-stream");
    NumberedEvents seen;
    while (seen.events() < 20) {
      const std::optional<ReceivedEvent> event = answer->NextEvent();
      ASSERT_TRUE(event.has_value());
      seen.Take(*event);
      if (event->name != "FaultsEvent") continue;
      EXPECT_EQ(data_by_id.try_emplace(event->last_event_id, event->data).first->second,
                event->data);
    }
    EXPECT_EQ(seen.wrong(), "");
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
  EXPECT_EQ(gateway.service().open_streams(), 1);
  // All are in the same life of the stream.
  EXPECT_EQ(EpochOf(data_by_id.begin()->first), EpochOf(data_by_id.rbegin()->first));
}

TEST(SharedStream, IsTheSameHoweverItIsAskedFor) {
  TestGateway gateway({.yaml = kShared});
  const TestRequest requests[] = {
      {.target = "/demo.v1.Faults/Run?rate=50&send_headers=true"},
      {.target = "/demo.v1.Faults/Run?sendHeaders=true&rate=50"},
      {.target = "/demo.v1.Faults/Run?rate=50&send_headers=true&count=0"},
      {.target = "/demo.v1.Faults/Run?rate=50&send_headers=true", .minor_version = 0},
      {.target = "/demo.v1.Faults/Run?rate=50&send_headers=true",
       .headers = {{"Accept-Language", "de"}, {"X-Request-Id", "7"}, {"User-Agent", "x"}}},
      {.method = "POST",
       .target = kRun,
       .headers = {{"Content-Type", "application/json"}},
       .body = "{\"sendHeaders\": true, \"rate\": 50}"},
  };
  Answers answers;
  for (const TestRequest& request : requests) {
    answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), request));
    EXPECT_TRUE(Streams(*answers.back())) << request.ToBytes();
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedStream, IsAnotherForAnotherRequestCredentialOrForm) {
  TestGateway gateway({.yaml = kShared});
  const TestRequest requests[] = {
      {.target = "/demo.v1.Faults/Run?rate=50"},
      {.target = "/demo.v1.Faults/Run?rate=51"},
      {.target = "/demo.v1.Faults/Run?rate=50", .headers = {{"Authorization", "Bearer ann"}}},
      {.target = "/demo.v1.Faults/Run?rate=50", .headers = {{"Authorization", "Bearer bob"}}},
      {.target = "/demo.v1.Faults/Run?rate=50", .headers = {{"Authorization", ""}}},
      {.target = "/demo.v1.Faults/Run?rate=50&event=message"},
      {.target = "/demo.v1.Faults/Run?rate=50&alt=ndjson"},
  };
  Answers answers;
  for (const TestRequest& request : requests) {
    answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), request));
    EXPECT_EQ(answers.back()->status(), 200) << request.ToBytes();
  }
  EXPECT_TRUE(Eventually([&] {
    return gateway.service().open_streams() == static_cast<int>(std::size(requests));
  })) << gateway.service().open_streams();
}

// What the service was told, by the first event of a shared stream.
std::string Metadata(TestGateway& gateway, std::vector<std::pair<std::string, std::string>> more) {
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&echo_metadata=true",
                                     .headers = std::move(more)});
  while (const std::optional<ReceivedEvent> event = answer.NextEvent()) {
    if (event->name == "FaultsEvent") return event->data;
  }
  return "";
}

TEST(SharedStream, CarriesCredentialsAndNothingElseOfItsFirstSubscriber) {
  TestGateway gateway({.yaml = kShared});
  const std::string seen = Metadata(gateway, {{"Authorization", "Bearer ann"},
                                              {"X-Request-Id", "r1"},
                                              {"X-Forwarded-For", "6.6.6.6"},
                                              {"traceparent", "00-1-2-03"},
                                              {"tracestate", "a=b"},
                                              {"Accept-Language", "de"},
                                              {"Last-Event-ID", "k7-1"}});
  EXPECT_TRUE(absl::StrContains(seen, "\"authorization\":\"Bearer ann\"")) << seen;
  for (const char* name : {"x-request-id", "x-forwarded-for", "traceparent", "tracestate",
                           "accept-language", "last-event-id"}) {
    EXPECT_FALSE(absl::StrContains(seen, name)) << name << " in " << seen;
  }
}

TEST(SharedStream, IsSharedByThoseWhoseListedHeadersAreTheSame) {
  TestGateway gateway({.yaml = "routes: [{selector: demo.v1.Faults.Run, stream: {share: {}},"
                               " forward_headers: [X-Tenant]}]\n"});
  EXPECT_TRUE(absl::StrContains(Metadata(gateway, {{"X-Tenant", "a"}}), "\"x-tenant\":\"a\""));
  Answers answers;
  for (const char* tenant : {"a", "a", "b"}) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=50",
                                    .headers = {{"X-Tenant", tenant},
                                                {"Authorization", answers.empty() ? "x" : "y"}}}));
    EXPECT_TRUE(Streams(*answers.back()));
  }
  EXPECT_EQ(gateway.service().open_streams(), 2);
}

TEST(SharedStream, OutlivesItsLastSubscriberByTheLinger) {
  TestGateway gateway(
      {.yaml = "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 500ms}}}]\n"});
  const TestRequest request{.target = "/demo.v1.Faults/Run?rate=50"};
  auto first = std::make_unique<HttpAnswer>(gateway.port(), request);
  EXPECT_TRUE(Streams(*first));
  auto second = std::make_unique<HttpAnswer>(gateway.port(), request);
  EXPECT_TRUE(Streams(*second));
  first.reset();
  second.reset();
  // Who comes back in time finds it.
  absl::SleepFor(absl::Milliseconds(100));
  HttpAnswer third(gateway.port(), request);
  EXPECT_TRUE(Streams(third));
  EXPECT_EQ(gateway.service().calls(kRun), 1);
  absl::SleepFor(absl::Milliseconds(700));
  EXPECT_EQ(gateway.service().open_streams(), 1);

  third.peer().Reset();
  const absl::Time left = absl::Now();
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
  EXPECT_GE(absl::Now() - left, absl::Milliseconds(300));
  HttpAnswer fourth(gateway.port(), request);
  EXPECT_TRUE(Streams(fourth));
  EXPECT_EQ(gateway.service().calls(kRun), 2);
}

TEST(SharedStream, OpensItsHeadWhileTheServiceIsSilent) {
  TestGateway gateway({.yaml = kShared});
  Answers answers;
  for (int i = 0; i < 4; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?hang=true"}));
  }
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->NextEvent().value_or(ReceivedEvent{}).data,
              "{\"stream\":\"demo.v1.Faults/Run\",\"resume\":\"fresh\"}");
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedStream, AsNdjsonHasTheMessagesAlone) {
  TestGateway gateway(
      {.yaml = "routes: [{selector: demo.v1.Faults.Run, stream: {share: {presence: true}}}]\n"});
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Run?count=3&silence_before=0.2s&alt=ndjson"});
  EXPECT_EQ(answer.ReadBody(),
            "{\"sequence\":\"1\"}\n{\"sequence\":\"2\"}\n{\"sequence\":\"3\"}\n");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kClean);
}

TEST(SharedStream, IsTheAuthorsChoiceInTheProto) {
  TestGateway gateway;
  Answers answers;
  for (const char* target : {"/demo.v1.Clock/Watch", "/demo.v1.Ticker/Watch"}) {
    for (int i = 0; i < 3; ++i) {
      answers.push_back(std::make_unique<HttpAnswer>(
          gateway.port(), TestRequest{.target = absl::StrCat(target, "?interval=0.05s")}));
      EXPECT_TRUE(Streams(*answers.back()));
    }
    EXPECT_EQ(gateway.service().calls(target), 1);
  }
}

TEST(SharedStream, SaysGoodbyeToAllWhenTheGatewayStops) {
  TestGateway gateway({.yaml = absl::StrCat(kShared, "limits: {close_grace: 200ms}\n")});
  Answers answers;
  for (int i = 0; i < 10; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=2000&size=50"}));
    EXPECT_TRUE(Streams(*answers.back()));
  }
  gateway.server().Drain({});
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->WaitForEnd(), HttpAnswer::End::kOpen);
    EXPECT_TRUE(absl::EndsWith(answer->body(), "\"retryable\":true,\"reason\":\"drain\"}\n\n"));
  }
}

TEST(SharedStream, LeavesNothingBehind) {
  TestGateway gateway({.yaml = kShared});
  {
    HttpAnswer warm(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1"});
    warm.WaitForEnd();
  }
  const int descriptors = OpenDescriptors();
  for (int i = 0; i < 60; ++i) {
    HttpAnswer answer(gateway.port(),
                      {.target = absl::StrCat("/demo.v1.Faults/Run?rate=", 100 + i % 7)});
    if (i % 3 != 0) {
      ASSERT_EQ(answer.status(), 200);
    }
    if (i % 2 == 0) answer.peer().Reset();
  }
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() <= descriptors; }))
      << OpenDescriptors() << " now, before " << descriptors;
}

}  // namespace
}  // namespace sluice
