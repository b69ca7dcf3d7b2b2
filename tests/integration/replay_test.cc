// SPDX-License-Identifier: Apache-2.0
// A browser that comes back to a shared stream gets what it missed and then what is new, without a
// hole or a repetition; where that cannot be, it is told what is missing.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";
constexpr char kRate[] = "/demo.v1.Faults/Run?rate=200";

std::string Shared(const std::string& share) {
  return absl::StrCat("routes: [{selector: demo.v1.Faults.Run, stream: {share: {", share, "}}}]\n");
}

TestRequest After(const std::string& id, const std::string& target = kRate) {
  return {.target = target, .headers = {{"Last-Event-ID", id}}};
}

ReceivedEvent Next(HttpAnswer& answer) { return answer.NextEvent().value_or(ReceivedEvent{}); }

// Reads `count` events of the service.
void Read(HttpAnswer& answer, uint64_t count, NumberedEvents& seen) {
  const uint64_t wanted = seen.events() + count;
  while (seen.events() < wanted) {
    const std::optional<ReceivedEvent> event = answer.NextEvent();
    ASSERT_TRUE(event.has_value()) << seen.events() << " of " << wanted;
    seen.Take(*event);
  }
}

TEST(Replay, GoesOnBehindTheLastEventOverAnyNumberOfConnections) {
  TestGateway gateway({.yaml = Shared("")});
  NumberedEvents seen;
  uint64_t missed_at_first = 0;  // a shared stream begins in the middle
  for (int connection = 0; connection < 10; ++connection) {
    TestRequest request{.target = kRate};
    if (connection % 2 == 1) request.headers = {{"Last-Event-ID", seen.last_id()}};
    if (connection > 0 && connection % 2 == 0) {
      absl::StrAppend(&request.target, "&lastEventId=", seen.last_id());
    }
    HttpAnswer answer(gateway.port(), request);
    const std::string held = seen.last_id();
    const ReceivedEvent open = Next(answer);
    EXPECT_TRUE(absl::StrContains(open.data, connection == 0 ? "fresh" : "resumed")) << open.data;
    EXPECT_EQ(open.last_event_id, held);
    seen.Take(open);
    Read(answer, 7, seen);
    if (connection == 0) missed_at_first = seen.sequence() - seen.events();
    answer.peer().Reset();
    absl::SleepFor(absl::Milliseconds(30));
  }
  EXPECT_EQ(seen.wrong(), "");
  EXPECT_EQ(seen.sequence(), missed_at_first + 70);
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(Replay, TheHeaderCountsBeforeTheParameter) {
  TestGateway gateway({.yaml = Shared("")});
  HttpAnswer first(gateway.port(), {.target = kRate});
  NumberedEvents seen;
  Read(first, 5, seen);
  HttpAnswer second(gateway.port(), After(seen.last_id(), absl::StrCat(kRate, "&lastEventId=x-1")));
  EXPECT_EQ(Next(second).last_event_id, seen.last_id());
}

TEST(Replay, WhatIsNoLongerKeptIsAGapBeforeTheOldest) {
  TestGateway gateway({.yaml = Shared("history: {events: 5}")});
  HttpAnswer live(gateway.port(), {.target = kRate});
  NumberedEvents seen;
  Read(live, 1, seen);
  const std::string old_id = seen.last_id();
  Read(live, 30, seen);

  HttpAnswer back(gateway.port(), After(old_id));
  const ReceivedEvent open = Next(back);
  EXPECT_EQ(open.data, "{\"stream\":\"demo.v1.Faults/Run\",\"resume\":\"gap\"}");
  const ReceivedEvent gap = Next(back);
  EXPECT_EQ(gap.name, "stream-gap");
  EXPECT_EQ(gap.data, absl::StrCat("{\"from\":\"", old_id, "\",\"to\":\"", gap.last_event_id,
                                   "\",\"reason\":\"not_kept\"}"));
  EXPECT_EQ(open.last_event_id, gap.last_event_id);
  const ReceivedEvent oldest = Next(back);
  EXPECT_EQ(NumberOf(oldest.last_event_id), NumberOf(gap.last_event_id) + 1);
  EXPECT_EQ(EpochOf(oldest.last_event_id), EpochOf(old_id));
  EXPECT_GE(NumberOf(oldest.last_event_id) + 5, NumberOf(seen.last_id()));
  // The id of the gap is one to come back with.
  HttpAnswer again(gateway.port(), After(oldest.last_event_id));
  EXPECT_EQ(again.status(), 200);
}

TEST(Replay, AfterAGapOnlyWhatIsNewWhereTheRouteSaysSo) {
  TestGateway gateway({.yaml = Shared("history: {events: 20}, on_gap: LIVE")});
  HttpAnswer live(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=20"});
  NumberedEvents seen;
  Read(live, 10, seen);
  HttpAnswer back(gateway.port(), After("other-3", "/demo.v1.Faults/Run?rate=20"));
  EXPECT_TRUE(absl::StrContains(Next(back).data, "\"resume\":\"gap\""));
  EXPECT_EQ(Next(back).name, "stream-gap");
  EXPECT_GT(NumberOf(Next(back).last_event_id), NumberOf(seen.last_id()));
}

TEST(Replay, AnIdOfAnotherLifeIsAGap) {
  const std::string yaml = Shared("linger: 0s");
  TestGateway gateway({.yaml = yaml});
  std::string id;
  {
    HttpAnswer first(gateway.port(), {.target = kRate});
    NumberedEvents seen;
    Read(first, 3, seen);
    id = seen.last_id();
  }
  ASSERT_TRUE(gateway.WaitUntilNoStreams());
  HttpAnswer second(gateway.port(), After(id));
  EXPECT_TRUE(absl::StrContains(Next(second).data, "\"resume\":\"gap\""));
  const ReceivedEvent gap = Next(second);
  EXPECT_TRUE(absl::StartsWith(gap.data, absl::StrCat("{\"from\":\"", id, "\",\"to\":")))
      << gap.data;
  const ReceivedEvent event = Next(second);
  EXPECT_EQ(event.name, "FaultsEvent");
  EXPECT_NE(EpochOf(event.last_event_id), EpochOf(id));
}

TEST(Replay, NoIdIsAnErrorNorAnotherRpc) {
  TestGateway gateway({.yaml = Shared("")});
  HttpAnswer live(gateway.port(), {.target = kRate});
  NumberedEvents seen;
  Read(live, 3, seen);
  const std::string epoch = EpochOf(seen.last_id());
  const std::string ids[] = {"x",
                             "-",
                             "~",
                             "caf\xC3\xA9",
                             "\xFF\xFE",
                             "a b\tc",
                             std::string(4000, '9'),
                             epoch,
                             absl::StrCat(epoch, "-"),
                             absl::StrCat(epoch, "--1"),
                             absl::StrCat(epoch, "-01"),
                             absl::StrCat(epoch, "-1x"),
                             absl::StrCat(epoch, "- 1"),
                             absl::StrCat(epoch, "-99999999999999999999"),
                             absl::StrCat(epoch, "-18446744073709551615"),
                             absl::StrCat(epoch, "-9223372036854775808"),
                             "{\"a\":\"b\\\"}"};
  for (const std::string& id : ids) {
    HttpAnswer answer(gateway.port(), After(id));
    ASSERT_EQ(answer.status(), 200) << id;
    EXPECT_TRUE(absl::StrContains(Next(answer).data, "\"resume\":\"gap\"")) << id;
    EXPECT_EQ(Next(answer).name, "stream-gap") << id;
    EXPECT_EQ(Next(answer).name, "FaultsEvent") << id;
  }
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(Replay, WithoutAnIdItStartsWhereTheRouteSays) {
  const std::tuple<std::string, uint64_t, uint64_t> cases[] = {
      {"start: {at: ALL}", 10, 1}, {"start: {last: 3}", 10, 8}, {"start: {last: 99}", 10, 1}};
  for (const auto& [share, sent, first] : cases) {
    TestGateway gateway({.yaml = Shared(share)});
    const std::string target = absl::StrCat("/demo.v1.Faults/Run?rate=", 50);
    HttpAnswer live(gateway.port(), {.target = target});
    NumberedEvents seen;
    Read(live, sent, seen);
    HttpAnswer late(gateway.port(), {.target = target});
    EXPECT_TRUE(absl::StrContains(Next(late).data, "\"fresh\""));
    NumberedEvents replayed;
    Read(late, 20, replayed);
    EXPECT_EQ(replayed.wrong(), "");
    // The live one may have come further than what was read of it.
    EXPECT_GE(replayed.sequence() - 19, first) << share;
    EXPECT_LE(replayed.sequence() - 19, first == 1 ? 1 : first + 10) << share;
  }
}

TEST(Replay, WhatTheAuthorNumbersIsKnownByItsOwnIds) {
  TestGateway gateway({.yaml =
                           "routes: [{selector: demo.v1.Faults.Run,"
                           " stream: {id_field: sequence, share: {history: {events: 100}}}}]\n"});
  HttpAnswer live(gateway.port(), {.target = kRate});
  ReceivedEvent newest;
  while (SequenceOf(newest) < 20) newest = Next(live);
  EXPECT_EQ(newest.last_event_id, absl::StrCat(SequenceOf(newest)));
  HttpAnswer back(gateway.port(), After("7"));
  EXPECT_TRUE(absl::StrContains(Next(back).data, "\"resumed\""));
  for (uint64_t sequence = 8; sequence < 40; ++sequence) {
    EXPECT_EQ(SequenceOf(Next(back)), sequence);
  }
}

TEST(Replay, WhatIsTooOldByTheClockIsForgotten) {
  TestGateway gateway({.yaml = Shared("history: {age: 300ms}, start: {at: ALL}")});
  HttpAnswer live(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=50"});
  NumberedEvents seen;
  Read(live, 60, seen);
  HttpAnswer late(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=50"});
  NumberedEvents replayed;
  Read(late, 1, replayed);
  EXPECT_LT(replayed.sequence(), seen.sequence());
  EXPECT_GT(replayed.sequence() + 50, seen.sequence());
}

}  // namespace
}  // namespace sluice
