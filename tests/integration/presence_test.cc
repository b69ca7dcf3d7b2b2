// SPDX-License-Identifier: Apache-2.0
// The subscribers of a shared stream are told how many they are, where the route says so.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kClock[] = "/demo.v1.Clock/Watch?interval=0.05s";

// True once the stream has told this number.
bool Tells(HttpAnswer& answer, int subscribers) {
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (absl::Now() < deadline) {
    const std::optional<ReceivedEvent> event = answer.NextEvent();
    if (!event.has_value()) return false;
    if (event->name != "stream-presence") continue;
    if (event->data == absl::StrCat("{\"subscribers\":", subscribers, "}")) return true;
  }
  return false;
}

TEST(Presence, TellsEveryoneHowManyComeAndGo) {
  TestGateway gateway;
  HttpAnswer first(gateway.port(), {.target = kClock});
  EXPECT_TRUE(Tells(first, 1));
  std::vector<std::unique_ptr<HttpAnswer>> others;
  for (int i = 0; i < 9; ++i) {
    others.push_back(std::make_unique<HttpAnswer>(gateway.port(), TestRequest{.target = kClock}));
  }
  EXPECT_TRUE(Tells(first, 10));
  for (const auto& other : others) EXPECT_TRUE(Tells(*other, 10));
  others.clear();
  EXPECT_TRUE(Tells(first, 1));
}

TEST(Presence, IsToldToNewcomersAtOnceAndToAllAtMostOnceASecond) {
  TestGateway gateway;
  HttpAnswer first(gateway.port(), {.target = kClock});
  EXPECT_TRUE(Tells(first, 1));
  const absl::Time begin = absl::Now();
  for (int i = 0; i < 20; ++i) {
    HttpAnswer passing(gateway.port(), {.target = kClock});
    const absl::Time came = absl::Now();
    while (const std::optional<ReceivedEvent> event = passing.NextEvent()) {
      if (event->name == "stream-presence") break;
    }
    EXPECT_LT(absl::Now() - came, absl::Seconds(1));
  }
  EXPECT_TRUE(Tells(first, 1));
  const absl::Duration passed = absl::Now() - begin;
  const std::vector<std::string> parts =
      absl::StrSplit(first.body(), absl::ByString("event: stream-presence"));
  EXPECT_LE(static_cast<int64_t>(parts.size()), 4 + passed / absl::Seconds(1));
}

TEST(Presence, IsNoPlaceInTheStream) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = kClock});
  std::string held;
  int told = 0;
  for (int i = 0; i < 10; ++i) {
    const std::optional<ReceivedEvent> event = answer.NextEvent();
    ASSERT_TRUE(event.has_value());
    // An event without an id leaves the browser the one that it holds.
    if (event->name == "stream-presence") {
      EXPECT_EQ(event->last_event_id, held);
      ++told;
    }
    held = event->last_event_id;
  }
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(absl::StrContains(answer.body(), "subscribers\":1}\nid:"));
}

TEST(Presence, CountsOnlyThoseOfTheSameStream) {
  TestGateway gateway;
  HttpAnswer other(gateway.port(), {.target = "/demo.v1.Clock/Watch?interval=0.06s"});
  HttpAnswer lines(gateway.port(), {.target = absl::StrCat(kClock, "&alt=ndjson")});
  HttpAnswer answer(gateway.port(), {.target = kClock});
  EXPECT_TRUE(Tells(answer, 1));
  EXPECT_TRUE(Tells(other, 1));
  EXPECT_FALSE(absl::StrContains(lines.ReadBody(absl::Milliseconds(300)), "subscribers"));
}

TEST(Presence, IsNotToldWhereNobodyAskedForIt) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Ticker/Watch?interval=0.05s"});
  EXPECT_FALSE(absl::StrContains(answer.ReadBody(absl::Milliseconds(500)), "stream-presence"));
}

}  // namespace
}  // namespace sluice
