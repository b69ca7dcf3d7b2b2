// SPDX-License-Identifier: Apache-2.0
// What `/metrics` says is true, and a parser of Prometheus reads it.
#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

// The samples as Prometheus's own parser for Python reads them, a line each: `name {labels} value`.
std::string Parsed(const std::string& text) {
  const std::string path = absl::StrCat(testing::TempDir(), "/metrics_", getpid(), ".txt");
  std::ofstream(path) << text;
  std::FILE* const pipe = ::popen(
      absl::StrCat("/usr/bin/python3 tests/support/parse_metrics.py ", path, " 2>&1").c_str(), "r");
  std::string out;
  char buffer[4096];
  size_t size = 0;
  while ((size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) out.append(buffer, size);
  EXPECT_EQ(::pclose(pipe), 0) << out;
  std::remove(path.c_str());
  return out;
}

TEST(Metrics, CountsWhatHappenedToStreams) {
  TestGateway gateway;
  HttpAnswer whole(gateway.port(), {.target = "/demo.v1.Faults/Run?count=3"});
  EXPECT_EQ(whole.WaitForEnd(), HttpAnswer::End::kClean);
  HttpAnswer failed(gateway.port(), {.target = "/demo.v1.Faults/Run?fail_after=2&code=5"});
  EXPECT_EQ(failed.WaitForEnd(), HttpAnswer::End::kClean);
  HttpAnswer open(gateway.port(), {.target = "/demo.v1.Room/Join?room=tea&member=ada"});
  ASSERT_EQ(open.NextEvent()->name, "stream-open");
  HttpAnswer missing(gateway.port(), {.target = "/no/such"});
  EXPECT_EQ(missing.status(), 404);
  std::string samples;
  EXPECT_TRUE(Eventually([&] {
    samples = Parsed(gateway.Page("/metrics"));
    return absl::StrContains(samples, "\"reason\": \"failed\"");
  }));
  for (const char* line :
       {"sluice_streams_opened_total {\"method\": \"demo.v1.Faults.Run\"} 2.0\n",
        "sluice_streams_open {\"method\": \"demo.v1.Room.Join\"} 1.0\n",
        "sluice_streams_open {\"method\": \"demo.v1.Faults.Run\"} 0.0\n",
        "sluice_streams_ended_total {\"method\": \"demo.v1.Faults.Run\", \"reason\": \"ok\"} 1.0\n",
        "sluice_events_total {\"method\": \"demo.v1.Faults.Run\"} 5.0\n",
        "sluice_upstream_calls_total {\"code\": \"NOT_FOUND\", \"method\": \"demo.v1.Faults.Run\"} "
        "1.0\n",
        "sluice_first_event_seconds_count {\"method\": \"demo.v1.Faults.Run\"} 2.0\n",
        "sluice_requests_refused_total {\"reason\": \"unknown_path\", \"stage\": \"relay\"} 1.0\n",
        "sluice_ready {} 1.0\n"}) {
    EXPECT_THAT(samples, HasSubstr(line));
  }
}

TEST(Metrics, CountsASharedStreamForEachBrowserAndItsRpcOnce) {
  TestGateway gateway(
      {.yaml = "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 100ms}}}]\n"});
  constexpr int kEvents = 10;
  std::vector<std::unique_ptr<HttpAnswer>> browsers;
  for (int i = 0; i < 3; ++i) {
    browsers.push_back(std::make_unique<HttpAnswer>(
        gateway.port(), TestRequest{.target = "/demo.v1.Faults/Run?rate=100"}));
    for (int event = 0; event <= kEvents; ++event) {
      ASSERT_TRUE(browsers.back()->NextEvent().has_value());
    }
  }
  std::string samples;
  const auto says = [&](const std::string& line) {
    samples = Parsed(gateway.Page("/metrics"));
    return absl::StrContains(samples, line);
  };
  EXPECT_TRUE(Eventually([&] {
    return says("sluice_topic_subscribers {\"method\": \"demo.v1.Faults.Run\"} 3.0\n");
  })) << samples;
  for (const char* line :
       {"sluice_topics {\"method\": \"demo.v1.Faults.Run\"} 1.0\n",
        "sluice_streams_opened_total {\"method\": \"demo.v1.Faults.Run\"} 3.0\n",
        "sluice_streams_open {\"method\": \"demo.v1.Faults.Run\"} 3.0\n",
        "sluice_first_event_seconds_count {\"method\": \"demo.v1.Faults.Run\"} 3.0\n"}) {
    EXPECT_THAT(samples, HasSubstr(line));
  }
  EXPECT_THAT(samples, Not(HasSubstr("sluice_event_log_bytes {\"streams\": \"shared\"} 0.0\n")));
  const auto events = [&] {
    int64_t sent = 0;
    gateway.server()
        .metrics()
        .Method("demo.v1.Faults.Run", MethodMeter::Kind::kStream)
        .ForEachLoop([&sent](const MethodCounts& counts) { sent += counts.events.value(); });
    return sent;
  };
  EXPECT_GE(events(), 3 * kEvents);
  browsers.clear();
  EXPECT_TRUE(Eventually([&] {
    return says(
        "sluice_upstream_calls_total {\"code\": \"CANCELLED\", \"method\": "
        "\"demo.v1.Faults.Run\"} 1.0\n");
  })) << samples;
  EXPECT_THAT(samples, HasSubstr("sluice_streams_ended_total {\"method\": \"demo.v1.Faults.Run\", "
                                 "\"reason\": \"gone\"} 3.0\n"));
}

TEST(Metrics, DescribesEveryCounterThatTheCodeHas) {
  TestGateway gateway;
  HttpAnswer again(gateway.port(),
                   {.target = "/demo.v1.Faults/Run", .headers = {{"Last-Event-ID", "1~end"}}});
  EXPECT_EQ(again.status(), 204);
  EXPECT_THAT(gateway.Page("/metrics"), Not(HasSubstr("Not described.")));
}

}  // namespace
}  // namespace sluice
