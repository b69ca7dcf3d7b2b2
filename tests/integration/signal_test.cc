// SPDX-License-Identifier: Apache-2.0
// Signal at the wrong moment: while it starts, while it reloads, twice at once, in storms.
#include <signal.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/demo_server.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

class Signal : public testing::Test {
 protected:
  Signal() : service_(*demo::DemoServer::Start({})) {
    setenv("SLUICE_DRAIN_DELAY", "1s", 1);
    setenv("SLUICE_DRAIN_WINDOW", "2s", 1);
  }
  ~Signal() override {
    unsetenv("SLUICE_DRAIN_DELAY");
    unsetenv("SLUICE_DRAIN_WINDOW");
  }

  std::vector<std::string> Upstream() const { return {"--upstream", service_->target()}; }

  std::unique_ptr<demo::DemoServer> service_;
};

TEST_F(Signal, SigtermServesOnForTheDelayButIsNotReadyAtOnce) {
  ServingProcess gateway(Upstream());
  HttpAnswer running(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  gateway.process().Signal(SIGTERM);
  ASSERT_TRUE(gateway.process().WaitForOutput("stopping"));
  EXPECT_TRUE(Eventually(
      [&] { return HttpAnswer(gateway.ops_port(), {.target = "/readyz"}).status() == 503; }));
  HttpAnswer late(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
  ASSERT_EQ(late.NextEvent()->name, "stream-open");
  EXPECT_EQ(late.NextEvent()->name, "FaultsEvent");
  for (HttpAnswer* answer : {&running, &late}) {
    EXPECT_EQ(answer->WaitForEnd(absl::Seconds(10)), HttpAnswer::End::kOpen);
    EXPECT_TRUE(absl::EndsWith(answer->body(), "\"reason\":\"drain\"}\n\n"));
  }
  EXPECT_EQ(gateway.process().WaitForExit(), 0);
}

TEST_F(Signal, SigtermThatComesWhileItStartsIsObeyed) {
  for (int i = 0; i < 3; ++i) {
    ServingProcess gateway(Upstream(), ServingProcess::Until::kListening);
    gateway.process().Signal(SIGTERM);
    EXPECT_EQ(gateway.process().WaitForExit(), 0) << gateway.process().output();
  }
}

TEST_F(Signal, SigtermDuringAReloadIsObeyed) {
  ServingProcess gateway(Upstream());
  gateway.process().Signal(SIGHUP);
  gateway.process().Signal(SIGTERM);
  EXPECT_EQ(gateway.process().WaitForExit(), 0) << gateway.process().output();
}

TEST_F(Signal, TwoAtOnceEndItOneWayOrTheOther) {
  ServingProcess gateway(Upstream());
  HttpAnswer running(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=100"});
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  gateway.process().Signal(SIGTERM);
  gateway.process().Signal(SIGTERM);
  const int exit_code = gateway.process().WaitForExit();
  EXPECT_TRUE(exit_code == 0 || exit_code == 1) << exit_code;
}

TEST_F(Signal, AStormOfSighupUnderLoadIsOneReloadAfterTheOther) {
  ServingProcess gateway(Upstream());
  HttpAnswer running(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=1000&count=2000"});
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  for (int i = 0; i < 300; ++i) gateway.process().Signal(SIGHUP);
  for (int i = 1; i <= 2000; ++i) {
    const std::optional<ReceivedEvent> event = running.NextEvent();
    ASSERT_TRUE(event.has_value()) << i;
    ASSERT_EQ(event->data, absl::StrCat("{\"sequence\":\"", i, "\"}"));
  }
  EXPECT_EQ(running.NextEvent()->name, "stream-end");
  gateway.process().Signal(SIGINT);
  EXPECT_EQ(gateway.process().WaitForExit(), 0);
}

}  // namespace
}  // namespace sluice
