// SPDX-License-Identifier: Apache-2.0
// A reload under a living topic: who is there finishes as he began; who comes joins him only where
// nothing has changed that concerns the stream.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kRun[] = "/demo.v1.Faults/Run";
constexpr char kWatch[] = "/demo.v1.Faults/Run?rate=50";
constexpr char kShared[] =
    "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 100ms}}}]\n";
constexpr char kSharedBesideAChange[] =
    "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 100ms}}},"
    " {selector: demo.v1.Room.Join, stream: {event_name: other}}]\n";
constexpr char kRenamed[] =
    "routes: [{selector: demo.v1.Faults.Run,"
    " stream: {event_name: renamed, share: {linger: 100ms}}}]\n";

// The next event that is not Sluice's own.
ReceivedEvent NextOf(HttpAnswer& answer) {
  while (const std::optional<ReceivedEvent> event = answer.NextEvent()) {
    if (!absl::StartsWith(event->name, "stream-")) return *event;
  }
  ADD_FAILURE() << "there is no further event";
  return {};
}

TEST(SharedReload, ThatDoesNotConcernATopicLeavesItToAll) {
  TestGateway gateway({.yaml = kShared});
  HttpAnswer running(gateway.port(), {.target = kWatch});
  EXPECT_EQ(NextOf(running).name, "FaultsEvent");
  ASSERT_TRUE(gateway.Reload(kSharedBesideAChange)) << gateway.Page("/status");
  HttpAnswer newer(gateway.port(), {.target = kWatch});
  const ReceivedEvent first = NextOf(newer);
  ReceivedEvent same = NextOf(running);
  while (same.last_event_id != first.last_event_id) same = NextOf(running);
  EXPECT_EQ(same.data, first.data);
  EXPECT_EQ(gateway.service().calls(kRun), 1);
}

TEST(SharedReload, OfTheOptionsIsAnotherTopicForNewcomers) {
  TestGateway gateway({.yaml = kShared});
  HttpAnswer running(gateway.port(), {.target = kWatch});
  EXPECT_EQ(NextOf(running).name, "FaultsEvent");
  ASSERT_TRUE(gateway.Reload(kRenamed)) << gateway.Page("/status");
  HttpAnswer newer(gateway.port(), {.target = kWatch});
  EXPECT_EQ(NextOf(newer).name, "renamed");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(NextOf(running).name, "FaultsEvent");
  EXPECT_EQ(gateway.service().calls(kRun), 2);
  EXPECT_EQ(gateway.service().open_streams(), 2);
}

TEST(SharedReload, ThatEndsTheSharingLeavesThoseWhoShareTogether) {
  TestGateway gateway({.yaml = kShared});
  HttpAnswer first(gateway.port(), {.target = kWatch});
  HttpAnswer second(gateway.port(), {.target = kWatch});
  EXPECT_EQ(NextOf(first).name, "FaultsEvent");
  EXPECT_EQ(NextOf(second).name, "FaultsEvent");
  ASSERT_TRUE(gateway.Reload(""));
  HttpAnswer alone(gateway.port(), {.target = kWatch});
  EXPECT_EQ(NextOf(alone).last_event_id, "");  // a private stream has no ids of its own
  EXPECT_NE(NextOf(first).last_event_id, "");
  EXPECT_NE(NextOf(second).last_event_id, "");
  EXPECT_EQ(gateway.service().calls(kRun), 2);
}

// A schema in files and a target in the configuration, both of which a test changes.
class SharedReloadOfFiles : public testing::Test {
 protected:
  SharedReloadOfFiles()
      : folder_(absl::StrCat(testing::TempDir(), "/shared_reload_", getpid())),
        service_(*demo::DemoServer::Start({})) {
    std::filesystem::create_directories(folder_ + "/demo/v1");
    WriteSchema("uint64 sequence = 1;");
    WriteConfig(service_->target());
    gateway_.emplace(std::vector<std::string>{"--config", folder_ + "/sluice.yaml"},
                     ServingProcess::Until::kListening);
  }
  ~SharedReloadOfFiles() override { std::filesystem::remove_all(folder_); }

  void WriteSchema(const std::string& first_field) {
    std::ifstream original("proto/demo/v1/faults.proto");
    std::ostringstream text;
    text << original.rdbuf();
    std::ofstream(folder_ + "/demo/v1/faults.proto")
        << absl::StrReplaceAll(text.str(), {{"uint64 sequence = 1;", first_field}});
  }

  void WriteConfig(const std::string& target) {
    std::ofstream(folder_ + "/sluice.yaml")
        << "upstreams:\n  main:\n    target: \"" << target << "\"\n    schema: {proto_path: [\""
        << folder_ << "\"], files: [demo/v1/faults.proto]}\n"
        << kShared;
  }

  void Reload() {
    gateway_->process().Signal(SIGHUP);
    ASSERT_TRUE(gateway_->process().WaitForOutput("the reload is in force"))
        << gateway_->process().output();
  }

  const std::string folder_;
  std::unique_ptr<demo::DemoServer> service_;
  std::optional<ServingProcess> gateway_;
};

TEST_F(SharedReloadOfFiles, OfTheMessageTypeIsAnotherTopicForNewcomers) {
  HttpAnswer running(gateway_->port(), {.target = kWatch});
  EXPECT_TRUE(absl::StartsWith(NextOf(running).data, "{\"sequence\":"));
  WriteSchema("uint64 number = 1;");
  Reload();
  HttpAnswer newer(gateway_->port(), {.target = kWatch});
  EXPECT_TRUE(absl::StartsWith(NextOf(newer).data, "{\"number\":"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(absl::StartsWith(NextOf(running).data, "{\"sequence\":"));
  }
  EXPECT_EQ(service_->calls(kRun), 2);
}

TEST_F(SharedReloadOfFiles, OfTheTargetIsAnotherTopicForNewcomers) {
  const std::unique_ptr<demo::DemoServer> other = *demo::DemoServer::Start({});
  HttpAnswer running(gateway_->port(), {.target = kWatch});
  EXPECT_EQ(NextOf(running).name, "FaultsEvent");
  WriteConfig(other->target());
  Reload();
  HttpAnswer newer(gateway_->port(), {.target = kWatch});
  EXPECT_EQ(NextOf(newer).name, "FaultsEvent");
  EXPECT_EQ(other->calls(kRun), 1);
  EXPECT_EQ(NextOf(running).name, "FaultsEvent");
  EXPECT_EQ(service_->calls(kRun), 1);
}

}  // namespace
}  // namespace sluice
