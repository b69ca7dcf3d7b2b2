// SPDX-License-Identifier: Apache-2.0
// A message becomes one event: its name, its JSON on one line, its id.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// The first event that the service sent.
ReceivedEvent First(const std::string& stream_options, const std::string& target) {
  TestGateway gateway({.yaml = absl::StrCat("routes: [{selector: demo.v1.Faults.Run, stream: {",
                                            stream_options, "}}]\n")});
  HttpAnswer answer(gateway.port(), {.target = target});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  return answer.NextEvent().value_or(ReceivedEvent{});
}

constexpr char kOne[] = "/demo.v1.Faults/Run?count=1";

TEST(Event, TakesItsNameFromWhereTheOptionsSay) {
  EXPECT_EQ(First("", kOne).name, "FaultsEvent");
  EXPECT_EQ(First("event: FULL", kOne).name, "demo.v1.FaultsEvent");
  EXPECT_EQ(First("event: NONE", kOne).name, "message");
  EXPECT_EQ(First("event_name: fault", kOne).name, "fault");
}

TEST(Event, TakesItsIdFromTheField) {
  EXPECT_EQ(First("id_field: sequence", kOne).last_event_id, "1");
  EXPECT_EQ(First("id_field: payload", "/demo.v1.Faults/Run?count=1&text=a%20b~%0A").last_event_id,
            "a~20b~7E~0A");
  EXPECT_EQ(First("id_field: payload", kOne).last_event_id, "");
  EXPECT_EQ(First("id_field: payload",
                  absl::StrCat("/demo.v1.Faults/Run?count=1&text=", std::string(125, 'x')))
                .last_event_id,
            "");
}

TEST(Event, OneofNamesAndUnwrapsTheMember) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Room/Join?room=r&member=m"});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  const std::optional<ReceivedEvent> event = answer.NextEvent();
  EXPECT_EQ(event->name, "UserConnected");
  EXPECT_EQ(event->data, "{\"member\":\"m\"}");
  EXPECT_NE(event->last_event_id, "");
}

TEST(Event, IsOneLineWhateverTheTextHolds) {
  const ReceivedEvent event = First(
      "", "/demo.v1.Faults/Run?count=1&text=a%0D%0Ab%00%C2%85%E2%80%A8%E2%80%A9%22%F0%9F%98%80");
  EXPECT_FALSE(absl::StrContains(event.data, '\n'));
  EXPECT_FALSE(absl::StrContains(event.data, '\r'));
  EXPECT_FALSE(absl::StrContains(event.data, '\0'));
  for (const char* separator : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    EXPECT_FALSE(absl::StrContains(event.data, separator));
  }
  for (const char* escaped : {"\\r\\n", "\\u0000", "\\u0085", "\\u2028", "\\u2029", "\\\""}) {
    EXPECT_TRUE(absl::StrContains(event.data, escaped)) << escaped << " in " << event.data;
  }
}

TEST(Event, LargeOnesAreCounted) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=2&size=70000"});
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kClean);
  EXPECT_EQ(gateway.server().metrics().Value("large_events", "demo.v1.Faults.Run"), 2u);
}

TEST(Event, EveryKindOfFieldComesThrough) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Everything"});
  EXPECT_EQ(answer.NextEvent()->name, "stream-open");
  const std::optional<ReceivedEvent> event = answer.NextEvent();
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->name, "Kinds");
  EXPECT_TRUE(absl::StrContains(event->data, "\"@type\":\"type.googleapis.com/")) << event->data;
}

}  // namespace
}  // namespace sluice
