// SPDX-License-Identifier: Apache-2.0
// Configuration and schema are read again while everything runs; what is wrong is refused as a
// whole.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kNamed[] =
    "routes: [{selector: demo.v1.Faults.Run, stream: {event_name: renamed}}]\n";

TestRequest Faults(const std::string& query) { return {.target = "/demo.v1.Faults/Run?" + query}; }

TEST(Reload, CountsForNewStreamsWhileThoseThatRunGoOnAsTheyBegan) {
  TestGateway gateway;
  HttpAnswer running(gateway.port(), Faults("rate=100"));
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  ASSERT_EQ(running.NextEvent()->name, "FaultsEvent");
  ASSERT_TRUE(gateway.Reload(kNamed)) << gateway.Page("/status");
  HttpAnswer newer(gateway.port(), Faults("count=1"));
  ASSERT_EQ(newer.NextEvent()->name, "stream-open");
  EXPECT_EQ(newer.NextEvent()->name, "renamed");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(running.NextEvent()->name, "FaultsEvent");
}

TEST(Reload, ThatIsWrongIsRefusedWithEveryReasonAndChangesNothing) {
  TestGateway gateway;
  EXPECT_FALSE(gateway.Reload("cors: {origins: [nonsense]}\nlimits: {open_grace: 5}\n"));
  EXPECT_FALSE(gateway.Reload(
      "routes: [{selector: demo.v1.Faults.Run, stream: {id_field: nothing}},\n"
      "         {selector: demo.v1.Clock.Watch, stream: {resume_field: neither}}]\n"));
  const std::string status = gateway.Page("/status");
  EXPECT_TRUE(absl::StrContains(status, "nothing")) << status;
  EXPECT_TRUE(absl::StrContains(status, "neither")) << status;
  EXPECT_TRUE(absl::StrContains(status, "\"number\": 2")) << status;  // files, then reflection
  EXPECT_EQ(gateway.server().metrics().Value("reloads", "refused"), 2u);
  EXPECT_TRUE(absl::StrContains(gateway.Page("/metrics"), "\nsluice_last_reload_successful 0\n"));
  EXPECT_EQ(HttpAnswer(gateway.port(), Faults("count=1")).status(), 200);
  EXPECT_TRUE(gateway.Reload(kNamed));
  EXPECT_TRUE(absl::StrContains(gateway.Page("/metrics"), "\nsluice_last_reload_successful 1\n"));
}

TEST(Reload, NamesTheKeysThatNeedARestart) {
  TestGateway gateway;
  EXPECT_FALSE(gateway.Reload("limits: {head: 64KiB, connections: 5}\n"));
  const std::string status = gateway.Page("/status");
  EXPECT_TRUE(absl::StrContains(status, "limits.head is 16KiB and cannot become 64KiB")) << status;
  EXPECT_TRUE(absl::StrContains(status, "limits.connections is 10000")) << status;
}

TEST(Reload, KeepsTheSchemaOfAServiceThatIsAway) {
  TestGateway gateway;
  gateway.StopService();
  EXPECT_TRUE(gateway.Reload(kNamed));
  gateway.StartService();
  ASSERT_TRUE(Eventually([&] {
    HttpAnswer answer(gateway.port(), Faults("count=1"));
    answer.NextEvent();
    const std::optional<ReceivedEvent> event = answer.NextEvent();
    return event.has_value() && event->name == "renamed";
  }));
}

TEST(Reload, AStormOfThemUnderLoadLosesNoEvent) {
  TestGateway gateway;
  HttpAnswer running(gateway.port(), Faults("rate=2000&count=4000"));
  ASSERT_EQ(running.NextEvent()->name, "stream-open");
  ConfigSources broken;
  broken.file = "/";  // a folder
  for (int i = 0; i < 500; ++i) gateway.server().RequestReload(broken);
  const Counter& refused = gateway.server().metrics().GetCounter("reloads", "refused");
  EXPECT_TRUE(Eventually([&] { return refused.value() > 0; }, absl::Seconds(30)));
  EXPECT_TRUE(Eventually([&] { return gateway.Reload(kNamed); }, absl::Seconds(30)));
  for (int i = 1; i <= 4000; ++i) {
    const std::optional<ReceivedEvent> event = running.NextEvent();
    ASSERT_TRUE(event.has_value()) << i;
    ASSERT_EQ(event->data, absl::StrCat("{\"sequence\":\"", i, "\"}"));
  }
  EXPECT_LE(refused.value(), 500u);
  EXPECT_TRUE(absl::StrContains(gateway.Page("/status"), "directory"));
}

// A process with a configuration file, as it runs in production.
class ReloadBySignal : public testing::Test {
 protected:
  ReloadBySignal()
      : path_(absl::StrCat(testing::TempDir(), "/reload_", getpid(), ".yaml")),
        service_(*demo::DemoServer::Start({})) {
    Write("");
    gateway_.emplace(std::vector<std::string>{"--config", path_});
  }
  ~ReloadBySignal() override { std::filesystem::remove_all(path_); }

  void Write(const std::string& yaml) {
    std::ofstream(path_) << "upstreams: {main: {target: \"" << service_->target() << "\"}}\n"
                         << yaml;
  }

  bool HupUntil(const std::string& said) {
    gateway_->process().Signal(SIGHUP);
    return gateway_->process().WaitForOutput(said);
  }

  const std::string path_;
  std::unique_ptr<demo::DemoServer> service_;
  std::optional<ServingProcess> gateway_;
};

TEST_F(ReloadBySignal, ReadsTheFileAgain) {
  Write(kNamed);
  ASSERT_TRUE(HupUntil("the reload is in force")) << gateway_->process().output();
  HttpAnswer answer(gateway_->port(), Faults("count=1"));
  answer.NextEvent();
  EXPECT_EQ(answer.NextEvent()->name, "renamed");
}

TEST_F(ReloadBySignal, LivesThroughAFileThatDisappearsOrBecomesAFolder) {
  std::filesystem::remove(path_);
  EXPECT_TRUE(HupUntil("No such file")) << gateway_->process().output();
  std::filesystem::create_directory(path_);
  EXPECT_TRUE(HupUntil("Is a directory")) << gateway_->process().output();
  std::filesystem::remove(path_);
  Write("cors: {origins: 5: 6}\n");
  EXPECT_TRUE(HupUntil("stays in force")) << gateway_->process().output();
  EXPECT_EQ(HttpAnswer(gateway_->port(), Faults("count=1")).status(), 200);
  Write(kNamed);
  EXPECT_TRUE(HupUntil("the reload is in force")) << gateway_->process().output();
}

TEST_F(ReloadBySignal, ATargetThatCannotBeAskedIsRefusedAndTheOldOneServesOn) {
  std::ofstream(path_) << "upstreams: {main: {target: \"127.0.0.1:1\"}}\n";
  ASSERT_TRUE(HupUntil("stays in force")) << gateway_->process().output();
  EXPECT_TRUE(absl::StrContains(gateway_->process().output(),
                                "upstreams.main.target: 127.0.0.1:1 could not be asked"))
      << gateway_->process().output();
  EXPECT_EQ(HttpAnswer(gateway_->port(), Faults("count=1")).status(), 200);
  EXPECT_EQ(HttpAnswer(gateway_->ops_port(), {.target = "/readyz"}).status(), 200);
}

TEST_F(ReloadBySignal, SaysOfAServiceThatIsAwayOnlyThatItsSchemaStays) {
  service_.reset();
  ASSERT_TRUE(HupUntil("the reload is in force")) << gateway_->process().output();
  const std::string& output = gateway_->process().output();
  EXPECT_TRUE(absl::StrContains(output, "main: its schema stays as it was")) << output;
  EXPECT_FALSE(absl::StrContains(output, "asking again until it can")) << output;
}

TEST_F(ReloadBySignal, AServiceThatIsNewMayBeAway) {
  std::ofstream(path_) << "upstreams: {main: {target: \"" << service_->target()
                       << "\"}, new: {target: \"127.0.0.1:1\"}}\n";
  EXPECT_TRUE(HupUntil("the reload is in force")) << gateway_->process().output();
  EXPECT_TRUE(absl::StrContains(gateway_->process().output(),
                                "new: its schema could not be had; asking again until it can"));
}

TEST_F(ReloadBySignal, AnotherLogIsWrittenAtOnce) {
  Write("log: {format: text}\n");
  ASSERT_TRUE(HupUntil("Z info the reload is in force")) << gateway_->process().output();
}

}  // namespace
}  // namespace sluice
