// SPDX-License-Identifier: Apache-2.0
// Different shared streams without end cost no more than `limits.topics` of them.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr int kTopics = 8;

std::string Yaml() {
  return absl::StrCat("limits: {topics: ", kTopics,
                      ", close_grace: 100ms}\n"
                      "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 1h}}}]\n");
}

std::string Target(int number) {
  return absl::StrCat("/demo.v1.Faults/Run?send_headers=true&silence_before=3600s&size=", number);
}

TEST(TopicLimit, MakesRoomByTheOneThatNobodyHasWatchedForLongest) {
  TestGateway gateway({.yaml = Yaml()});
  { HttpAnswer(gateway.port(), {.target = Target(0)}).NextEvent(); }
  const int descriptors = OpenDescriptors();
  for (int number = 1; number <= 300; ++number) {
    HttpAnswer answer(gateway.port(), {.target = Target(number)});
    ASSERT_EQ(answer.NextEvent().value_or(ReceivedEvent{}).name, "stream-open") << number;
  }
  EXPECT_TRUE(Eventually([&] { return gateway.service().open_streams() <= kTopics; }))
      << gateway.service().open_streams();
  EXPECT_GE(gateway.service().calls("/demo.v1.Faults/Run"), 300);
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() <= descriptors; }));

  // The newest is still there, the first is not.
  const int calls = gateway.service().calls("/demo.v1.Faults/Run");
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = Target(300)}).NextEvent()->name, "stream-open");
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), calls);
  EXPECT_EQ(HttpAnswer(gateway.port(), {.target = Target(0)}).NextEvent()->name, "stream-open");
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), calls + 1);
}

TEST(TopicLimit, AsksToComeBackWhereAllAreWatched) {
  TestGateway gateway({.yaml = Yaml()});
  std::vector<std::unique_ptr<HttpAnswer>> answers;
  std::vector<int> watched;
  int turned_away = 0;
  for (int number = 0; number < 3 * kTopics; ++number) {
    auto answer =
        std::make_unique<HttpAnswer>(gateway.port(), TestRequest{.target = Target(number)});
    EXPECT_EQ(answer->status(), 200);
    const ReceivedEvent event = answer->NextEvent().value_or(ReceivedEvent{});
    if (event.name == "stream-open") {
      watched.push_back(number);
      answers.push_back(std::move(answer));
      continue;
    }
    ++turned_away;
    EXPECT_EQ(event.name, "stream-error");
    EXPECT_TRUE(absl::StrContains(event.data, "\"status\":\"UNAVAILABLE\"")) << event.data;
    EXPECT_TRUE(absl::EndsWith(event.data, "\"retryable\":true,\"reason\":\"too_many_topics\"}"))
        << event.data;
    EXPECT_GE(answer->retry_ms().value_or(0), 6000);
    EXPECT_EQ(answer->WaitForEnd(), HttpAnswer::End::kOpen);
  }
  // A loop has its part of them, and the keys may be spread unevenly.
  EXPECT_GE(static_cast<int>(watched.size()), kTopics / 2);
  EXPECT_LE(static_cast<int>(watched.size()), kTopics);
  EXPECT_EQ(turned_away, 3 * kTopics - static_cast<int>(watched.size()));
  EXPECT_EQ(gateway.service().open_streams(), static_cast<int>(watched.size()));

  // Who asks for a stream that there is gets it, and a place that is left is given away.
  HttpAnswer known(gateway.port(), {.target = Target(watched.front())});
  EXPECT_EQ(known.NextEvent().value_or(ReceivedEvent{}).name, "stream-open");
  answers.clear();
  EXPECT_TRUE(Eventually([&] {
    HttpAnswer late(gateway.port(), {.target = Target(1000)});
    return late.NextEvent().value_or(ReceivedEvent{}).name == "stream-open";
  }));
}

TEST(TopicLimit, IsAStatusForThoseWhoDidNotAskForEvents) {
  TestGateway gateway({.yaml = Yaml()});
  std::vector<std::unique_ptr<HttpAnswer>> answers;
  int turned_away = 0;
  for (int number = 0; number < 3 * kTopics; ++number) {
    answers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = absl::StrCat(Target(number), "&alt=ndjson")}));
    if (answers.back()->status() == 200) continue;
    EXPECT_EQ(answers.back()->status(), 503);
    EXPECT_EQ(answers.back()->header("retry-after"), "3");
    ++turned_away;
  }
  EXPECT_GE(turned_away, 2 * kTopics);
}

}  // namespace
}  // namespace sluice
