// SPDX-License-Identifier: Apache-2.0
// Who was served what, a JSON object a line; and a log that nobody reads changes nothing else.
#include <signal.h>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/demo_server.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using Json = nlohmann::json;

class AccessLog : public testing::Test {
 protected:
  AccessLog()
      : service_(*demo::DemoServer::Start({})), gateway_({"--upstream", service_->target()}) {}

  // The first line with this message, once it has come; every line before it is JSON, too.
  Json Line(const std::string& message) {
    EXPECT_TRUE(gateway_.process().WaitForOutput(absl::StrCat("\"message\":\"", message, "\"")));
    gateway_.process().WaitForOutput("\n");
    const std::vector<std::string> lines =
        absl::StrSplit(gateway_.process().output(), '\n', absl::SkipEmpty());
    for (const std::string& line : lines) {
      const Json json = Json::parse(line, nullptr, false);
      EXPECT_FALSE(json.is_discarded()) << line;
      if (json.is_object() && json["message"] == message) return json;
    }
    return Json::object();
  }

  std::unique_ptr<demo::DemoServer> service_;
  ServingProcess gateway_;
};

TEST_F(AccessLog, HasALineAtTheOpenAndOneAtTheEndOfAStream) {
  HttpAnswer answer(
      gateway_.port(),
      {.target = "/demo.v1.Faults/Run?count=3",
       .headers = {{"X-Request-Id", "r-1"},
                   {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}});
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kClean);
  const Json end = Line("stream ended");
  const Json open = Line("stream opened");
  for (const Json& line : {open, end}) {
    EXPECT_EQ(line["method"], "demo.v1.Faults.Run");
    EXPECT_EQ(line["peer"], "127.0.0.1");
    EXPECT_EQ(line["status"], 200);
    EXPECT_EQ(line["request_id"], "r-1");
    EXPECT_EQ(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  }
  EXPECT_EQ(end["reason"], "ok");
  EXPECT_EQ(end["code"], "OK");
  EXPECT_EQ(end["events"], 3);
  EXPECT_GT(end["bytes"], 60);
  EXPECT_GE(end["duration_seconds"], end["first_event_seconds"]);
  EXPECT_EQ(answer.header("x-request-id"), "r-1");
}

TEST_F(AccessLog, HasALineForARefusedRequestAndNeverAQuery) {
  HttpAnswer missing(gateway_.port(), {.target = "/no/such%0a?token=secret"});
  EXPECT_EQ(missing.status(), 404);
  EXPECT_EQ(missing.header("x-request-id").size(), 32u);
  const Json line = Line("request refused");
  EXPECT_EQ(line["reason"], "unknown_path");
  EXPECT_EQ(line["status"], 404);
  EXPECT_EQ(line["path"], "/no/such%0a");
  EXPECT_EQ(line["request_id"], missing.header("x-request-id"));
  HttpAnswer bad(gateway_.port(), {.target = "/demo.v1.Faults/Run?cuont=secret"});
  EXPECT_EQ(bad.status(), 400);
  HttpAnswer last(gateway_.port(), {.target = "/demo.v1.Faults/Run?count=1&echo_metadata=false"});
  EXPECT_EQ(last.WaitForEnd(), HttpAnswer::End::kClean);
  Line("stream ended");
  EXPECT_FALSE(absl::StrContains(gateway_.process().output(), "secret"))
      << gateway_.process().output();
}

TEST_F(AccessLog, EscapesWhatABrowserMakesUp) {
  HttpAnswer answer(gateway_.port(), {.target = "/demo.v1.Faults/Run?count=1",
                                      .headers = {{"X-Request-Id", "\",\"level\":\"error"}}});
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kClean);
  EXPECT_EQ(Line("stream ended")["request_id"], "\",\"level\":\"error");
  EXPECT_EQ(Line("stream ended")["level"], "info");
}

TEST_F(AccessLog, ThatNobodyReadsLosesLinesAndNothingElse) {
  // The pipe takes 64 KiB and the queue 1 MiB; nothing is read from now on.
  const TestRequest request{.target = "/" + std::string(200, 'x')};
  const auto peer = std::make_shared<TcpPeer>(gateway_.port());
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(HttpAnswer(peer, request).ReadBody().substr(0, 1), "{");
  HttpAnswer stream(gateway_.port(), {.target = "/demo.v1.Faults/Run?count=3"});
  EXPECT_EQ(stream.WaitForEnd(), HttpAnswer::End::kClean);
  const std::string metrics = HttpAnswer(gateway_.ops_port(), {.target = "/metrics"}).ReadBody();
  EXPECT_TRUE(absl::StrContains(metrics, "\nsluice_log_lines_lost_total "));
  EXPECT_FALSE(absl::StrContains(metrics, "\nsluice_log_lines_lost_total 0\n"));
  const absl::Time begin = absl::Now();
  gateway_.process().Signal(SIGINT);
  EXPECT_EQ(gateway_.process().WaitForExitUnread(absl::Seconds(10)), 0);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace sluice
