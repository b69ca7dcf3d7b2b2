// SPDX-License-Identifier: Apache-2.0
// The end of a shared stream reaches every subscriber once, behind the last event.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";

std::string Shared(const std::string& share, const std::string& more = "") {
  return absl::StrCat("limits: {close_grace: 100ms}\n",
                      "routes: [{selector: demo.v1.Faults.Run, stream: {share: {", share, "}", more,
                      "}}]\n");
}

using Answers = std::vector<std::unique_ptr<HttpAnswer>>;

Answers Ask(TestGateway& gateway, int count, const TestRequest& request) {
  Answers answers;
  for (int i = 0; i < count; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), request));
  }
  return answers;
}

// All that is left, and its last event.
struct Rest {
  NumberedEvents seen;
  ReceivedEvent last;
  int terminal = 0;
};
Rest ReadAll(HttpAnswer& answer, absl::Duration timeout = absl::Seconds(20)) {
  Rest rest;
  while (const std::optional<ReceivedEvent> event = answer.NextEvent(timeout)) {
    rest.seen.Take(*event);
    rest.last = *event;
    if (event->name == "stream-end" || event->name == "stream-error") ++rest.terminal;
  }
  return rest;
}

TEST(SharedEnd, ReachesEveryoneOnceAndIsNotRunAgain) {
  TestGateway gateway({.yaml = Shared("")});
  const TestRequest request{.target = "/demo.v1.Faults/Run?count=20&silence_before=0.5s"};
  const Answers answers = Ask(gateway, 30, request);
  for (const auto& answer : answers) {
    const Rest rest = ReadAll(*answer);
    EXPECT_EQ(rest.seen.wrong(), "");
    EXPECT_EQ(rest.seen.events(), 20u);
    EXPECT_EQ(rest.terminal, 1);
    EXPECT_EQ(rest.last.name, "stream-end");
    EXPECT_TRUE(absl::EndsWith(rest.last.last_event_id, "-20~end")) << rest.last.last_event_id;
    EXPECT_EQ(answer->end(), HttpAnswer::End::kClean);
    HttpAnswer back(gateway.port(), {.target = request.target,
                                     .headers = {{"Last-Event-ID", rest.last.last_event_id}}});
    EXPECT_EQ(back.status(), 204);
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedEnd, AnErrorForGoodReachesEveryoneOnce) {
  TestGateway gateway({.yaml = Shared("")});
  const Answers answers =
      Ask(gateway, 30,
          {.target =
               "/demo.v1.Faults/Run?fail_after=3&code=7&message=no&detail=d&silence_before=0.5s"});
  for (const auto& answer : answers) {
    const Rest rest = ReadAll(*answer);
    EXPECT_EQ(rest.seen.events(), 3u);
    EXPECT_EQ(rest.terminal, 1);
    EXPECT_EQ(rest.last.name, "stream-error");
    EXPECT_TRUE(absl::StartsWith(rest.last.data,
                                 "{\"code\":7,\"status\":\"PERMISSION_DENIED\",\"message\":\"no\""))
        << rest.last.data;
    EXPECT_TRUE(absl::StrContains(rest.last.data, "\"text\":\"d\"")) << rest.last.data;
    EXPECT_TRUE(absl::EndsWith(rest.last.data, "\"retryable\":false}")) << rest.last.data;
    EXPECT_TRUE(absl::EndsWith(rest.last.last_event_id, "-3~end")) << rest.last.last_event_id;
    EXPECT_EQ(answer->end(), HttpAnswer::End::kClean);
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedEnd, BeforeTheHeadAnErrorIsAStatusForAll) {
  TestGateway gateway({.yaml = Shared("")});
  const Answers answers = Ask(gateway, 10, {.target = "/demo.v1.Faults/Run?code=5&message=gone"});
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->status(), 404);
    EXPECT_EQ(answer->ReadBody(),
              "{\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"gone\",\"details\":[]}\n");
  }
  // Who comes later asks anew: what was not there may be.
  const int calls = gateway.service().calls(kRun);
  HttpAnswer later(gateway.port(), {.target = "/demo.v1.Faults/Run?code=5&message=gone"});
  EXPECT_EQ(later.status(), 404);
  EXPECT_EQ(gateway.service().calls(kRun), calls + 1);
}

TEST(SharedEnd, OnNdjsonIsTheEndOfTheBodyOrAnErrorLine) {
  TestGateway gateway({.yaml = Shared("")});
  for (const auto& answer :
       Ask(gateway, 5, {.target = "/demo.v1.Faults/Run?count=2&silence_before=0.4s&alt=ndjson"})) {
    EXPECT_EQ(answer->ReadBody(), "{\"sequence\":\"1\"}\n{\"sequence\":\"2\"}\n");
    EXPECT_EQ(answer->end(), HttpAnswer::End::kClean);
  }
  for (const auto& answer : Ask(gateway, 5,
                                {.target = "/demo.v1.Faults/Run?fail_after=1&code=7&message=no"
                                           "&silence_before=0.4s&alt=ndjson"})) {
    EXPECT_EQ(answer->ReadBody(),
              "{\"sequence\":\"1\"}\n{\"error\":{\"code\":7,\"status\":\"PERMISSION_DENIED\","
              "\"message\":\"no\",\"details\":[]}}\n");
    EXPECT_EQ(answer->end(), HttpAnswer::End::kOpen);
  }
}

TEST(SharedEnd, WhoWasCutOffBeforeItGetsTheRest) {
  TestGateway gateway({.yaml = Shared("")});
  const std::string target = "/demo.v1.Faults/Run?count=10";
  HttpAnswer whole(gateway.port(), {.target = target});
  const Rest rest = ReadAll(whole);
  ASSERT_EQ(rest.seen.events(), 10u);
  const std::string epoch = EpochOf(rest.last.last_event_id);
  for (const uint64_t seen : {4, 9, 10}) {
    HttpAnswer back(
        gateway.port(),
        {.target = target, .headers = {{"Last-Event-ID", absl::StrCat(epoch, "-", seen)}}});
    EXPECT_TRUE(absl::StrContains(back.NextEvent().value_or(ReceivedEvent{}).data, "\"resumed\""));
    const Rest missed = ReadAll(back);
    EXPECT_EQ(missed.seen.events(), 10 - seen);
    EXPECT_EQ(missed.last.last_event_id, absl::StrCat(epoch, "-10~end"));
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedEnd, OfAnEndlessStreamIsFollowedByAnotherRpc) {
  TestGateway gateway({.yaml = Shared("linger: 60s", ", endless: true")});
  const std::string target = "/demo.v1.Faults/Run?count=3";
  std::string id;
  for (int call = 1; call <= 3; ++call) {
    TestRequest request{.target = target};
    if (!id.empty()) request.headers = {{"Last-Event-ID", id}};
    HttpAnswer answer(gateway.port(), request);
    const Rest rest = ReadAll(answer);
    EXPECT_EQ(rest.last.name, "stream-end");
    EXPECT_FALSE(absl::EndsWith(rest.last.last_event_id, "~end"));
    EXPECT_EQ(rest.seen.events(), 3u) << "call " << call;
    EXPECT_EQ(answer.end(), HttpAnswer::End::kOpen);
    id = rest.last.last_event_id;
    EXPECT_EQ(gateway.service().calls(kRun), call);
  }
}

TEST(SharedEnd, WaitsForThoseWhoAreBehind) {
  TestGateway gateway({.yaml = Shared("linger: 0s, history: {events: 100000}")});
  constexpr int kCount = 1500;
  const TestRequest request{
      .target = absl::StrCat("/demo.v1.Faults/Run?size=1000&silence_before=0.5s&count=", kCount)};
  Answers slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<HttpAnswer>(
        std::make_shared<TcpPeer>(gateway.port(), TcpPeer::Options{.receive_buffer_bytes = 4096}),
        request));
    slow.back()->KeepNoBody();
  }
  HttpAnswer fast(gateway.port(), request);
  EXPECT_EQ(ReadAll(fast).last.name, "stream-end");
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
  for (const auto& answer : slow) {
    const Rest rest = ReadAll(*answer);
    EXPECT_EQ(rest.seen.wrong(), "");
    EXPECT_EQ(rest.seen.events(), static_cast<uint64_t>(kCount));
    EXPECT_EQ(rest.terminal, 1);
    EXPECT_TRUE(absl::EndsWith(rest.last.last_event_id, absl::StrCat("-", kCount, "~end")));
    EXPECT_EQ(answer->end(), HttpAnswer::End::kClean);
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedEnd, EventsLargerThanTheHistoryComeThrough) {
  TestGateway gateway({.yaml = Shared("history: {bytes: 1000}")});
  const Answers answers = Ask(gateway, 10,
                              {.target = "/demo.v1.Faults/Run?count=20&rate=40&size=4000"
                                         "&silence_before=0.5s"});
  for (const auto& answer : answers) {
    const Rest rest = ReadAll(*answer);
    EXPECT_EQ(rest.seen.wrong(), "");
    EXPECT_EQ(rest.seen.events(), 20u);
    EXPECT_EQ(rest.last.name, "stream-end");
  }
}

}  // namespace
}  // namespace sluice
