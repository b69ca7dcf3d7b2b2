// SPDX-License-Identifier: Apache-2.0
// A browser that comes back with Last-Event-ID is told what came of it, and misses nothing where
// the service can resume.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

void Post(TestGateway& gateway, const std::string& text) {
  HttpAnswer posted(
      gateway.port(),
      {.method = "POST",
       .target = "/demo.v1.Room/Post",
       .headers = {{"Content-Type", "application/json"}},
       .body = absl::StrCat("{\"room\":\"r\",\"member\":\"m\",\"text\":\"", text, "\"}")});
  ASSERT_EQ(posted.status(), 200);
}

TestRequest Join(const std::string& last_event_id) {
  TestRequest request{.target = "/demo.v1.Room/Join?room=r&member=m"};
  if (!last_event_id.empty()) request.headers = {{"Last-Event-ID", last_event_id}};
  return request;
}

// Reads messages until `count` of them came.
std::vector<ReceivedEvent> Messages(HttpAnswer& answer, size_t count) {
  std::vector<ReceivedEvent> messages;
  while (messages.size() < count) {
    const std::optional<ReceivedEvent> event = answer.NextEvent();
    if (!event.has_value()) break;
    if (event->name == "UserMessage") messages.push_back(*event);
  }
  return messages;
}

TEST(Resume, GoesOnBehindTheLastEventWithoutAHoleOrADuplicate) {
  TestGateway gateway;
  HttpAnswer first(gateway.port(), Join(""));
  EXPECT_EQ(first.NextEvent()->data, "{\"stream\":\"demo.v1.Room/Join\",\"resume\":\"fresh\"}");
  EXPECT_EQ(first.NextEvent()->name, "UserConnected");
  for (int i = 0; i < 3; ++i) Post(gateway, absl::StrCat("before ", i));
  const std::string last_id = Messages(first, 3).back().last_event_id;
  first.peer().Reset();
  for (int i = 0; i < 3; ++i) Post(gateway, absl::StrCat("away ", i));

  HttpAnswer second(gateway.port(), Join(last_id));
  const std::optional<ReceivedEvent> open = second.NextEvent();
  EXPECT_EQ(open->data, "{\"stream\":\"demo.v1.Room/Join\",\"resume\":\"resumed\"}");
  EXPECT_EQ(open->last_event_id, last_id);
  const std::vector<ReceivedEvent> missed = Messages(second, 3);
  ASSERT_EQ(missed.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(missed[i].data, absl::StrCat("{\"member\":\"m\",\"text\":\"away ", i, "\"}"));
  }
}

TEST(Resume, TheParameterServesPolyfills) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Room/Join?room=r&member=m&lastEventId=5"});
  EXPECT_TRUE(absl::StrContains(answer.NextEvent()->data, "\"resume\":\"resumed\""));
}

TEST(Resume, AForeignIdIsAGapNeverAnError) {
  TestGateway gateway;
  for (const std::string id :
       {"not a number", "~4", "1~", "9999999999999999999999", "caf\xC3\xA9"}) {
    HttpAnswer answer(gateway.port(), Join(id));
    EXPECT_EQ(answer.status(), 200) << id;
    const std::optional<ReceivedEvent> open = answer.NextEvent();
    EXPECT_TRUE(absl::StrContains(open->data, "\"resume\":\"gap\"")) << id;
    EXPECT_EQ(open->last_event_id, "");
  }
}

TEST(Resume, WithoutAResumeFieldTheIdIsMetadataAndAGap) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&echo_metadata=true",
                                     .headers = {{"Last-Event-ID", "k7~20x"}}});
  EXPECT_TRUE(absl::StrContains(answer.NextEvent()->data, "\"resume\":\"gap\""));
  const std::string event = answer.NextEvent()->data;
  EXPECT_TRUE(absl::StrContains(event, "\"last-event-id\":\"k7~20x\"")) << event;
}

TEST(Resume, WhatDoesNotUnescapeGoesNowhere) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=1&echo_metadata=true",
                                     .headers = {{"Last-Event-ID", "a b"}}});
  EXPECT_TRUE(absl::StrContains(answer.NextEvent()->data, "\"resume\":\"gap\""));
  EXPECT_FALSE(absl::StrContains(answer.NextEvent()->data, "last-event-id"));
}

}  // namespace
}  // namespace sluice
