// SPDX-License-Identifier: Apache-2.0
// Who was served what, a JSON object a line; and a log that nobody reads changes nothing else.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/loop/fd.h"
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
    const std::vector<Json> lines = Lines(message);
    return lines.empty() ? Json::object() : lines.front();
  }

  // Those with this message that have come as a whole; every line is JSON.
  std::vector<Json> Lines(const std::string& message) {
    std::vector<Json> found;
    std::vector<std::string> lines = absl::StrSplit(gateway_.process().output(), '\n');
    lines.pop_back();  // what is behind the last LF
    for (const std::string& line : lines) {
      Json json = Json::parse(line, nullptr, false);
      EXPECT_FALSE(json.is_discarded()) << line;
      if (json.is_object() && json["message"] == message) found.push_back(std::move(json));
    }
    return found;
  }

  // Reads on until so many lines with this message have come.
  std::vector<Json> WaitForLines(const std::string& message, size_t count) {
    std::vector<Json> lines;
    Eventually([&] {
      gateway_.process().WaitForOutput("no line says this", absl::Milliseconds(10));
      lines = Lines(message);
      return lines.size() >= count;
    });
    return lines;
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
  EXPECT_EQ(answer.header("traceparent"),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

// The demo's clock is shared.
TEST_F(AccessLog, HasTheLinesOfEachBrowserOfASharedStream) {
  const auto watch = [this](const std::string& id) {
    return std::make_unique<HttpAnswer>(
        gateway_.port(),
        TestRequest{.target = "/demo.v1.Clock/Watch?interval=0.02s",
                    .headers = {{"X-Request-Id", id},
                                {"traceparent",
                                 "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}});
  };
  auto first = watch("r-1");
  EXPECT_EQ(first->status(), 200);  // its line comes first
  auto second = watch("r-2");
  for (const auto* browser : {&first, &second}) {
    EXPECT_NE((*browser)->header("x-request-id"), "");
    for (int i = 0; i < 10; ++i) ASSERT_TRUE((*browser)->NextEvent().has_value());
  }
  EXPECT_EQ(first->header("x-request-id"), "r-1");
  EXPECT_NE(first->header("traceparent"), "");
  first.reset();
  second.reset();
  const std::vector<Json> ends = WaitForLines("stream ended", 2);
  const std::vector<Json> opens = Lines("stream opened");
  ASSERT_EQ(ends.size(), 2u);
  ASSERT_EQ(opens.size(), 2u);
  EXPECT_EQ(opens[0]["request_id"], "r-1");
  EXPECT_EQ(opens[1]["request_id"], "r-2");
  EXPECT_NE(ends[0]["request_id"], ends[1]["request_id"]);
  for (const Json& end : ends) {
    EXPECT_EQ(end["method"], "demo.v1.Clock.Watch");
    EXPECT_EQ(end["peer"], "127.0.0.1");
    EXPECT_EQ(end["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(end["reason"], "gone");
    EXPECT_EQ(end["code"], "CANCELLED");
    EXPECT_GE(end["events"], 5);  // of the ten some were Sluice's own
    EXPECT_GT(end["bytes"], 5 * 40);
    EXPECT_GE(end["duration_seconds"], end["first_event_seconds"]);
  }
}

TEST_F(AccessLog, HasALineForARefusedRequestAndNeverAQuery) {
  HttpAnswer missing(gateway_.port(), {.target = "/no/such%0a?token=secret"});
  EXPECT_EQ(missing.status(), 404);
  EXPECT_EQ(missing.header("x-request-id").size(), 32u);
  EXPECT_EQ(missing.header("traceparent"), "");
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

// A port that was free a moment ago, for a process that cannot say which it has.
int FreePort() {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

bool Listens(int port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

TEST(AccessLogOnAFullDisk, LosesLinesAndNothingElse) {
  const std::unique_ptr<demo::DemoServer> service = *demo::DemoServer::Start({});
  const int port = FreePort();
  const int ops_port = FreePort();
  std::vector<std::string> command = {"/bin/sh", "-c", "exec \"$@\" 2>/dev/full", "sh"};
  for (const std::string& word : SluiceCommand(
           {"serve", "--upstream", service->target(), "--listen", absl::StrCat("127.0.0.1:", port),
            "--ops-listen", absl::StrCat("127.0.0.1:", ops_port)})) {
    command.push_back(word);
  }
  ChildProcess gateway(command);
  ASSERT_TRUE(Eventually([&] { return Listens(ops_port); }, absl::Seconds(15)));
  ASSERT_TRUE(
      Eventually([&] { return HttpAnswer(ops_port, {.target = "/readyz"}).status() == 200; },
                 absl::Seconds(15)));
  HttpAnswer stream(port, {.target = "/demo.v1.Faults/Run?count=3"});
  EXPECT_EQ(stream.WaitForEnd(), HttpAnswer::End::kClean);
  EXPECT_TRUE(absl::StrContains(stream.body(), "\"sequence\":\"3\""));
  EXPECT_TRUE(Eventually([&] {
    const std::string metrics = HttpAnswer(ops_port, {.target = "/metrics"}).ReadBody();
    return absl::StrContains(metrics, "\nsluice_log_lines_lost_total ") &&
           !absl::StrContains(metrics, "\nsluice_log_lines_lost_total 0\n");
  }));
  gateway.Signal(SIGINT);
  EXPECT_EQ(gateway.WaitForExit(), 0);
}

}  // namespace
}  // namespace sluice
