// SPDX-License-Identifier: Apache-2.0
// A failed RPC reaches the browser in the one way that makes it do what is right: come back, or
// stay away.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kQuick[] = "limits: {close_grace: 100ms, open_grace: 5s}\n";

std::string FailAfter(int events, int code) {
  return absl::StrCat("/demo.v1.Faults/Run?count=100&fail_after=", events, "&code=", code,
                      "&message=it%20broke");
}

// The last event, and how the body ended.
struct Ending {
  ReceivedEvent last;
  HttpAnswer::End end;
  int64_t retry_ms;
  int events;
};

Ending ReadEnding(HttpAnswer& answer) {
  Ending ending{};
  while (std::optional<ReceivedEvent> event = answer.NextEvent()) {
    ending.last = *event;
    ++ending.events;
  }
  ending.end = answer.end();
  ending.retry_ms = answer.retry_ms().value_or(0);
  return ending;
}

TEST(Error, WhatMayPassEndsOpenAndRaisesRetry) {
  TestGateway gateway({.yaml = kQuick});
  for (const int code : {14, 8, 10, 4, 13, 2}) {
    HttpAnswer answer(gateway.port(), {.target = FailAfter(2, code)});
    const Ending ending = ReadEnding(answer);
    EXPECT_EQ(ending.events, 4) << code;
    EXPECT_EQ(ending.last.name, "stream-error");
    EXPECT_TRUE(
        absl::StartsWith(ending.last.data, absl::StrCat("{\"code\":", code, ",\"status\":")))
        << ending.last.data;
    EXPECT_TRUE(absl::StrContains(ending.last.data,
                                  "\"message\":\"it broke\",\"details\":[],\"retryable\":true}"));
    EXPECT_EQ(ending.last.last_event_id, "");
    EXPECT_EQ(ending.end, HttpAnswer::End::kOpen) << code;
    EXPECT_GE(ending.retry_ms, 6000);
    EXPECT_LE(ending.retry_ms, 10'000);
  }
}

TEST(Error, WhatIsFinalEndsCleanWithAnEndId) {
  TestGateway gateway({.yaml = kQuick});
  for (const int code : {1, 3, 5, 6, 7, 9, 11, 12, 15, 16}) {
    HttpAnswer answer(gateway.port(), {.target = FailAfter(1, code)});
    const Ending ending = ReadEnding(answer);
    EXPECT_EQ(ending.last.name, "stream-error") << code;
    EXPECT_TRUE(absl::StrContains(ending.last.data, "\"retryable\":false}")) << ending.last.data;
    EXPECT_EQ(ending.last.last_event_id, "~end");
    EXPECT_EQ(ending.end, HttpAnswer::End::kClean);
    EXPECT_LE(ending.retry_ms, 3750);
  }
}

TEST(Error, WhatIsFinalBeforeTheHeadAnswersItsHttpStatus) {
  TestGateway gateway({.yaml = kQuick});
  const std::pair<int, int> statuses[] = {{1, 499}, {3, 400},  {5, 404},  {6, 409},  {7, 403},
                                          {9, 400}, {11, 400}, {12, 501}, {15, 500}, {16, 401}};
  for (const auto& [code, http_status] : statuses) {
    HttpAnswer answer(gateway.port(), {.target = FailAfter(0, code)});
    EXPECT_EQ(answer.status(), http_status) << code;
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_TRUE(absl::StrContains(answer.ReadBody(), "\"message\":\"it broke\",\"details\":[]}"));
    EXPECT_TRUE(
        absl::StartsWith(answer.body(), absl::StrCat("{\"code\":", code, ",\"status\":\"")));
  }
}

TEST(Error, WhatMayPassBeforeTheHeadIsToldInsideOfA200) {
  TestGateway gateway({.yaml = kQuick});
  HttpAnswer answer(gateway.port(), {.target = FailAfter(0, 14), .headers = {{"Accept", "*/*"}}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-type"), "text/event-stream");
  const Ending ending = ReadEnding(answer);
  EXPECT_EQ(ending.events, 1);
  EXPECT_EQ(ending.last.name, "stream-error");
  EXPECT_GE(ending.retry_ms, 6000);
  EXPECT_EQ(ending.end, HttpAnswer::End::kOpen);
}

TEST(Error, OtherFormsGetTheStatusOfWhatMayPass) {
  TestGateway gateway({.yaml = kQuick});
  HttpAnswer answer(gateway.port(), {.target = FailAfter(0, 14) + "&alt=ndjson"});
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.header("retry-after"), "3");
  HttpAnswer exhausted(gateway.port(), {.target = FailAfter(0, 8) + "&alt=ndjson"});
  EXPECT_EQ(exhausted.status(), 429);
  EXPECT_EQ(exhausted.header("retry-after"), "3");
}

TEST(Error, WhichCodesMayPassIsConfigurable) {
  TestGateway gateway({.yaml = std::string(kQuick) + "retryable_codes: [NOT_FOUND]\n"});
  HttpAnswer passing(gateway.port(), {.target = FailAfter(0, 5)});
  EXPECT_EQ(passing.status(), 200);
  HttpAnswer final_one(gateway.port(), {.target = FailAfter(0, 14)});
  EXPECT_EQ(final_one.status(), 503);
}

TEST(Error, AMessageThatDoesNotParseIsOneErrorAndNothingPartial) {
  TestGateway gateway({.yaml = absl::StrCat(kQuick,
                                            "routes: [{selector: demo.v1.Faults.Run, "
                                            "stream: {bad_message: END}}]\n")});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?count=10&malformed_at=2"});
  const Ending ending = ReadEnding(answer);
  EXPECT_EQ(ending.events, 3);  // stream-open, the first message, stream-error
  EXPECT_EQ(ending.last.name, "stream-error");
  EXPECT_TRUE(absl::StrContains(ending.last.data, "\"status\":\"DATA_LOSS\"")) << ending.last.data;
  EXPECT_TRUE(absl::StrContains(ending.last.data, "demo.v1.FaultsEvent")) << ending.last.data;
  EXPECT_TRUE(gateway.WaitUntilNoStreams());
}

TEST(Error, DetailsAreDecodedWhereTheirTypeIsKnown) {
  TestGateway gateway({.yaml = kQuick});
  HttpAnswer answer(gateway.port(), {.target = FailAfter(1, 9) + "&detail=because"});
  const Ending ending = ReadEnding(answer);
  EXPECT_TRUE(absl::StrContains(ending.last.data,
                                "\"details\":[{\"@type\":\"type.googleapis.com/"
                                "demo.v1.FaultDetail\",\"text\":\"because\"}]"))
      << ending.last.data;
}

TEST(Error, NdjsonEndsWithAnErrorLineAndAnOpenEnd) {
  TestGateway gateway({.yaml = kQuick});
  HttpAnswer answer(gateway.port(), {.target = FailAfter(1, 5) + "&alt=ndjson"});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-type"), "application/x-ndjson");
  EXPECT_EQ(
      answer.ReadBody(),
      "{\"sequence\":\"1\"}\n"
      "{\"error\":{\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"it broke\",\"details\":[]}}"
      "\n");
  EXPECT_EQ(answer.end(), HttpAnswer::End::kOpen);
}

}  // namespace
}  // namespace sluice
