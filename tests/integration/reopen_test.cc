// SPDX-License-Identifier: Apache-2.0
// A service that fails is called again, with a back-off, while its subscribers stay; they are told
// once what they may have missed.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/service_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";
constexpr char kQuick[] = "reopen: {min: 50ms, max: 200ms}";

std::string Shared(const std::string& share, const std::string& more = "") {
  return absl::StrCat("limits: {close_grace: 100ms}\n",
                      "routes: [{selector: demo.v1.Faults.Run, stream: {share: {", share, "}", more,
                      "}}]\n");
}

using Answers = std::vector<std::unique_ptr<HttpAnswer>>;

ReceivedEvent Next(HttpAnswer& answer, absl::Duration timeout = absl::Seconds(20)) {
  return answer.NextEvent(timeout).value_or(ReceivedEvent{});
}

void Read(HttpAnswer& answer, uint64_t count, NumberedEvents& seen) {
  const uint64_t wanted = seen.events() + count;
  while (seen.events() < wanted) {
    const std::optional<ReceivedEvent> event = answer.NextEvent(absl::Seconds(20));
    ASSERT_TRUE(event.has_value()) << seen.events() << " of " << wanted;
    seen.Take(*event);
  }
}

TEST(Reopen, AServiceThatWasKilledComesBackBehindOneGap) {
  ServiceProcess service(SLUICE_DEMO_BINARY);
  TestGateway gateway({.yaml = Shared(kQuick), .target = service.target()});
  Answers answers;
  for (int i = 0; i < 10; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=100"}));
  }
  std::vector<NumberedEvents> seen(answers.size());
  for (size_t i = 0; i < answers.size(); ++i) Read(*answers[i], 10, seen[i]);
  const std::string epoch = EpochOf(seen[0].last_id());

  service.Kill();
  service.Start();
  for (size_t i = 0; i < answers.size(); ++i) {
    ReceivedEvent event;
    while (event.name != "stream-gap") {
      event = Next(*answers[i]);
      ASSERT_NE(event.name, "") << "of " << i;
      ASSERT_FALSE(absl::StrContains(event.name, "stream-error")) << event.data;
      seen[i].Take(event);
    }
    EXPECT_TRUE(absl::EndsWith(
        event.data, absl::StrCat("\"to\":\"", event.last_event_id, "\",\"reason\":\"reopened\"}")))
        << event.data;
    EXPECT_TRUE(absl::StartsWith(event.data, absl::StrCat("{\"from\":\"", epoch, "-")));
    EXPECT_NE(EpochOf(event.last_event_id), epoch);
    const ReceivedEvent first = Next(*answers[i]);
    EXPECT_EQ(SequenceOf(first), 1u);
    EXPECT_EQ(EpochOf(first.last_event_id), EpochOf(event.last_event_id));
    EXPECT_EQ(NumberOf(first.last_event_id), NumberOf(event.last_event_id) + 1);
    seen[i].Take(first);
    Read(*answers[i], 10, seen[i]);
    EXPECT_EQ(seen[i].wrong(), "");
    EXPECT_EQ(seen[i].gaps("reopened"), 1);
    EXPECT_EQ(seen[i].opened(), 1);
  }

  // An id of the life before is still kept, and the gap is told in its place.
  HttpAnswer back(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100",
                                   .headers = {{"Last-Event-ID", absl::StrCat(epoch, "-5")}}});
  EXPECT_TRUE(absl::StrContains(Next(back).data, "\"resumed\""));
  EXPECT_EQ(Next(back).last_event_id, absl::StrCat(epoch, "-6"));
  NumberedEvents replayed;
  while (replayed.gaps("reopened") == 0) replayed.Take(Next(back));
  EXPECT_EQ(replayed.gaps("reopened"), 1);
}

TEST(Reopen, AServiceThatCanResumeLeavesNoGap) {
  TestGateway gateway({.yaml = "routes: [{selector: demo.v1.Room.Join, stream: {share: {"
                               "reopen: {min: 1s, max: 1s}}}}]\n"});
  const TestRequest join{.target = "/demo.v1.Room/Join?room=r&member=m"};
  const auto post = [&](const std::string& text) {
    HttpAnswer posted(
        gateway.port(),
        {.method = "POST",
         .target = "/demo.v1.Room/Post",
         .headers = {{"Content-Type", "application/json"}},
         .body = absl::StrCat("{\"room\":\"r\",\"member\":\"m\",\"text\":\"", text, "\"}")});
    return posted.status() == 200;
  };
  Answers answers;
  for (int i = 0; i < 5; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), join));
    EXPECT_EQ(Next(*answers.back()).name, "stream-open");
  }
  ASSERT_TRUE(post("before"));
  std::vector<std::string> last_ids;
  for (const auto& answer : answers) {
    ReceivedEvent event;
    while (event.name != "UserMessage") event = Next(*answer);
    last_ids.push_back(event.last_event_id);
  }
  gateway.StopService();
  gateway.StartService();
  // While nobody has joined yet.
  ASSERT_TRUE(Eventually([&] { return post("away"); }));
  ASSERT_EQ(gateway.service().calls("/demo.v1.Room/Join"), 0);
  for (size_t i = 0; i < answers.size(); ++i) {
    const ReceivedEvent away = Next(*answers[i]);
    EXPECT_EQ(away.name, "UserMessage") << away.data;
    EXPECT_EQ(away.data, "{\"member\":\"m\",\"text\":\"away\"}");
    EXPECT_GT(away.last_event_id, last_ids[i]);
    EXPECT_EQ(Next(*answers[i]).name, "UserConnected");
  }
  EXPECT_EQ(gateway.service().calls("/demo.v1.Room/Join"), 1);
}

TEST(Reopen, AServiceThatFailsForEverIsNotCalledForEver) {
  TestGateway gateway({.yaml = Shared("reopen: {min: 100ms, max: 400ms}", ", heartbeat: 1s")});
  const TestRequest request{.target = "/demo.v1.Faults/Run?code=14&message=tired"};
  const absl::Time begin = absl::Now();
  Answers answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), request));
  }
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->status(), 200);
    EXPECT_EQ(Next(*answer).name, "stream-open");
  }
  for (const auto& answer : answers) {
    const std::string body = answer->ReadBody(absl::Milliseconds(50));
    EXPECT_EQ(answer->end(), HttpAnswer::End::kNotYet) << body;
  }
  absl::SleepFor(begin + absl::Seconds(3) - absl::Now());
  for (const auto& answer : answers) {
    EXPECT_TRUE(absl::StrContains(answer->ReadBody(absl::Milliseconds(20)), "\n\n:\n:\n"))
        << answer->body();
    EXPECT_EQ(answer->end(), HttpAnswer::End::kNotYet);
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  // At once, after 0.1 s, 0.2 s, and then every 0.4 s; a quarter less at worst.
  EXPECT_GE(gateway.service().calls(kRun), 4);
  EXPECT_LE(gateway.service().calls(kRun), 4 + seconds / 0.3);
}

TEST(Reopen, AServiceThatFailsAfterAnEventEachTimeIsNotCalledForEver) {
  TestGateway gateway({.yaml = Shared("reopen: {min: 100ms, max: 10s}")});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?fail_after=1&code=14"});
  const absl::Time begin = absl::Now();
  NumberedEvents seen;
  Read(answer, 4, seen);
  // After 0.1, 0.2 and 0.4 s, a quarter less at worst.
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(525));
  EXPECT_EQ(seen.gaps("reopened"), 3);
}

TEST(Reopen, WaitsAsLongAsTheServiceAsksFor) {
  TestGateway gateway({.yaml = Shared(kQuick)});
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Run?fail_after=1&code=14&retry_delay=1.5s"});
  const absl::Time begin = absl::Now();
  NumberedEvents seen;
  Read(answer, 2, seen);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(1500));
}

TEST(Reopen, ComingAndGoingDoesNotMakeTheCallsMore) {
  TestGateway gateway({.yaml = Shared("linger: 10s, reopen: {min: 2s, max: 10s}")});
  const TestRequest request{.target = "/demo.v1.Faults/Run?code=14&message=tired"};
  for (int i = 0; i < 8; ++i) {
    HttpAnswer answer(gateway.port(), request);
    EXPECT_EQ(Next(answer).name, "stream-open");
  }
  // Eight times the open grace has passed, and the first wait has not, or just has.
  EXPECT_LE(gateway.service().calls(kRun), 2);
}

TEST(Reopen, GivesUpWhereTheRouteSaysSo) {
  TestGateway gateway({.yaml = Shared("reopen: {min: 50ms, max: 200ms, give_up: 500ms}")});
  const TestRequest request{.target = "/demo.v1.Faults/Run?code=14&message=tired&detail=d"};
  for (int visit = 0; visit < 2; ++visit) {
    Answers answers;
    for (int i = 0; i < 5; ++i) {
      answers.push_back(std::make_unique<HttpAnswer>(gateway.port(), request));
    }
    for (const auto& answer : answers) {
      EXPECT_EQ(Next(*answer).name, "stream-open");
      const ReceivedEvent error = Next(*answer);
      EXPECT_EQ(error.name, "stream-error");
      EXPECT_TRUE(absl::StartsWith(error.data, "{\"code\":14,")) << error.data;
      EXPECT_TRUE(absl::StrContains(error.data, "\"text\":\"d\"")) << error.data;
      EXPECT_TRUE(absl::EndsWith(error.data, "\"retryable\":true}")) << error.data;
      EXPECT_GE(answer->retry_ms().value_or(0), 6000);
      EXPECT_EQ(answer->WaitForEnd(), HttpAnswer::End::kOpen);
    }
  }
}

TEST(Reopen, WhoComesBackAfterGivingUpGetsAnotherTry) {
  TestGateway gateway(
      {.yaml = Shared("linger: 60s, reopen: {min: 50ms, max: 200ms, give_up: 300ms}")});
  const std::string target = "/demo.v1.Faults/Run?rate=1000&fail_after=5&code=14";
  HttpAnswer first(gateway.port(), {.target = target});
  NumberedEvents seen;
  Read(first, 5, seen);
  gateway.StopService();
  ReceivedEvent last;
  while (const std::optional<ReceivedEvent> event = first.NextEvent(absl::Seconds(10)))
    last = *event;
  ASSERT_EQ(last.name, "stream-error");
  EXPECT_TRUE(absl::EndsWith(last.data, "\"retryable\":true}")) << last.data;

  gateway.StartService();
  EXPECT_TRUE(Eventually(
      [&] {
        HttpAnswer back(gateway.port(),
                        {.target = target, .headers = {{"Last-Event-ID", last.last_event_id}}});
        while (const std::optional<ReceivedEvent> event = back.NextEvent(absl::Seconds(1))) {
          if (event->name == "FaultsEvent") return true;
        }
        return false;
      },
      absl::Seconds(15)));
}

TEST(Reopen, AServiceThatWasNotThereYetIsNoGap) {
  TestGateway gateway({.yaml = Shared(kQuick)});
  gateway.StopService();
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
  EXPECT_EQ(Next(answer).name, "stream-open");
  gateway.StartService();
  const ReceivedEvent event = Next(answer);
  EXPECT_EQ(event.name, "FaultsEvent");
  EXPECT_EQ(NumberOf(event.last_event_id), 1u);
}

TEST(Reopen, AStreamThatFailsAgainAndAgainIsOneGapEachTime) {
  TestGateway gateway({.yaml = Shared(kQuick)});
  HttpAnswer answer(gateway.port(),
                    {.target = "/demo.v1.Faults/Run?rate=100&fail_after=4&code=13"});
  NumberedEvents seen;
  Read(answer, 18, seen);
  EXPECT_EQ(seen.wrong(), "");
  EXPECT_EQ(seen.gaps("reopened"), 4);
  EXPECT_EQ(gateway.service().calls(kRun), 5);
  answer.peer().Reset();
  EXPECT_TRUE(gateway.WaitUntilNoStreams(absl::Seconds(10)));
}

}  // namespace
}  // namespace sluice
