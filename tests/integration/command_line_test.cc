// SPDX-License-Identifier: Apache-2.0
// The program as its users run it: what it says, and with which exit code.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/child_process.h"
#include "tests/support/http_answer.h"
#include "tests/support/serving_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

struct Ran {
  int exit_code;
  std::string output;
};

Ran RunSluice(const std::vector<std::string>& arguments) {
  ChildProcess process(SluiceCommand(arguments));
  const int exit_code = process.WaitForExit(absl::Seconds(30));
  return {exit_code, process.output()};
}

class CommandLine : public testing::Test {
 protected:
  CommandLine() : service_(*demo::DemoServer::Start({})) {}
  std::unique_ptr<demo::DemoServer> service_;
};

TEST_F(CommandLine, TeachesItsUse) {
  EXPECT_EQ(RunSluice({"--help"}).exit_code, 0);
  EXPECT_TRUE(
      absl::StrContains(RunSluice({"--help"}).output, "sluice serve --upstream localhost:50051"));
  EXPECT_TRUE(absl::StrContains(RunSluice({"serve", "--help"}).output, "--descriptor-set"));
  EXPECT_EQ(RunSluice({}).exit_code, 2);
  EXPECT_EQ(RunSluice({"serve", "--no-such-flag"}).exit_code, 2);
  EXPECT_EQ(RunSluice({"serve"}).exit_code, 2);
  EXPECT_TRUE(absl::StrContains(RunSluice({"serve"}).output, "--upstream"));
}

TEST_F(CommandLine, VersionIsALine) {
  const Ran ran = RunSluice({"version"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_TRUE(absl::StartsWith(ran.output, "sluice ")) << ran.output;
}

TEST_F(CommandLine, RoutesShowsWhatIsExposedAndWhatIsNot) {
  const Ran ran = RunSluice({"routes", "--upstream", service_->target()});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  for (const char* said : {"demo.v1.Clock.Watch", "GET, POST /demo.v1.Clock/Watch", "curl -N ",
                           "UserConnected, UserMessage, UserLeft", "POST /demo.v1.Room/Post",
                           "demo.v1.Faults.Chat", "skipped"}) {
    EXPECT_TRUE(absl::StrContains(ran.output, said)) << said << " in\n" << ran.output;
  }
}

TEST_F(CommandLine, RoutesShowsTheJsonOfRequestsAndEventsWhereAsked) {
  const Ran ran = RunSluice({"routes", "--verbose", "--upstream", "127.0.0.1:1", "--proto-path",
                             "proto", "--proto", "demo/v1/room.proto"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, R"(demo.v1.Room.Join
  stream  GET, POST /demo.v1.Room/Join
  request demo.v1.JoinRequest {
    room: string
    member: string
    lastEventId: string (int64)
  }
  needs   room, member
  event   UserConnected: demo.v1.UserConnected {
    member: string
  }
)")) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "  answer  demo.v1.PostResponse {\n    id: string"))
      << ran.output;
}

TEST_F(CommandLine, RoutesShowsTheJsonThatTheRouteAsksFor) {
  const std::string path = absl::StrCat(testing::TempDir(), "/shapes_", getpid(), ".yaml");
  std::ofstream(path) << "upstreams: {main: {target: \"127.0.0.1:1\"}}\n"
                         "routes:\n"
                         "- selector: demo.v1.Ticker.Watch\n"
                         "  stream: {json: {proto_names: true, numbers_64: true}}\n";
  const Ran ran = RunSluice({"routes", "--verbose", "--config", path, "--proto-path", "proto",
                             "--proto", "demo/v1/ticker.proto"});
  std::filesystem::remove(path);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, ": number (int64)")) << ran.output;
  EXPECT_FALSE(absl::StrContains(ran.output, "string (int64)")) << ran.output;
}

TEST_F(CommandLine, RoutesShowsTheOptionsInForceAndWhoSaidThem) {
  const std::string path = absl::StrCat(testing::TempDir(), "/options_", getpid(), ".yaml");
  std::ofstream(path) << "upstreams: {main: {target: \"127.0.0.1:1\"}}\n"
                         "routes:\n"
                         "- selector: demo.v1.Room.Join\n"
                         "  stream: {heartbeat: 4s}\n";
  const Ran ran = RunSluice({"routes", "--verbose", "--config", path, "--proto-path", "proto",
                             "--proto", "demo/v1/room.proto"});
  std::filesystem::remove(path);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  for (const std::string& line :
       {std::string("  options\n    event: ONEOF  # from demo.v1.Room.Join\n"),
        absl::StrCat("    heartbeat: 4s  # from ", path, ":3:"),
        std::string("    retry: 3s  # from default\n")}) {
    EXPECT_TRUE(absl::StrContains(ran.output, line)) << line << " in\n" << ran.output;
  }
}

TEST_F(CommandLine, RoutesWritesNothingThatATerminalObeys) {
  const std::string folder = absl::StrCat(testing::TempDir(), "/escape_", getpid());
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/escape.proto")
      << "syntax = \"proto3\";\nimport \"sluice/v1/stream.proto\";\nmessage M {}\n"
         "service S { rpc Watch(M) returns (stream M) {\n"
         "  option (sluice.v1.stream).event_name = \"a\\033[31mb\"; } }\n";
  for (const char* verbose : {"--verbose", "--verbose=false"}) {
    const Ran ran = RunSluice({"routes", verbose, "--upstream", "127.0.0.1:1", "--proto-path",
                               folder, "--proto", "escape.proto"});
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, "a\\u001b[31mb")) << ran.output;
    EXPECT_FALSE(absl::StrContains(ran.output, "\033")) << ran.output;
  }
  std::filesystem::remove_all(folder);
}

TEST_F(CommandLine, RoutesShowsPathsUnderTheBasePathAndWhatOfAQueryIsMetadata) {
  const std::string path = absl::StrCat(testing::TempDir(), "/base_", getpid(), ".yaml");
  std::ofstream(path)
      << "base_path: /api\n"
         "listen: 127.0.0.1:8099\n"
         "upstreams: {main: {target: \"127.0.0.1:1\"}}\n"
         "routes: [{selector: demo.v1.Room.Join, query_metadata: [tenant, Region]}]\n";
  const Ran ran = RunSluice(
      {"routes", "--config", path, "--proto-path", "proto", "--proto", "demo/v1/room.proto"});
  std::filesystem::remove(path);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  for (const char* said : {"  stream  GET, POST /api/demo.v1.Room/Join\n",
                           "  query   tenant, Region (metadata, no fields)\n",
                           "  try     curl -N 'http://127.0.0.1:8099/api/demo.v1.Room/Join'\n"}) {
    EXPECT_TRUE(absl::StrContains(ran.output, said)) << said << " in\n" << ran.output;
  }
}

TEST_F(CommandLine, CheckNeedsNoServiceWhereTheSchemaIsInFiles) {
  const Ran fine = RunSluice({"check", "--upstream", "127.0.0.1:1", "--proto-path", "proto",
                              "--proto", "demo/v1/room.proto"});
  EXPECT_EQ(fine.exit_code, 0) << fine.output;
  const Ran silent = RunSluice({"check", "--upstream", "127.0.0.1:1"});
  EXPECT_EQ(silent.exit_code, 1) << silent.output;
  EXPECT_TRUE(absl::StrContains(silent.output, "reflection")) << silent.output;
}

TEST_F(CommandLine, RoutesAndCheckNeedNoTargetWhereTheSchemaIsInFiles) {
  const std::vector<std::string> files = {"--proto-path", "proto",
                                          "--proto",      "sluice/v1/stream.proto",
                                          "--proto",      "demo/v1/room.proto"};
  for (const char* command : {"routes", "check", "serve"}) {
    std::vector<std::string> arguments = {command};
    arguments.insert(arguments.end(), files.begin(), files.end());
    const Ran ran = RunSluice(arguments);
    const bool serves = std::string(command) == "serve";
    EXPECT_EQ(ran.exit_code, serves ? 2 : 0) << command << "\n" << ran.output;
    EXPECT_EQ(absl::StrContains(ran.output, "target"), std::string(command) != "routes")
        << ran.output;
  }
}

TEST_F(CommandLine, RoutesWithNothingToShowSaysSoAndFails) {
  const Ran ran =
      RunSluice({"routes", "--proto-path", "proto", "--proto", "sluice/v1/stream.proto"});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "sluice/v1/stream.proto: has no service"))
      << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "there is no method to serve")) << ran.output;
}

TEST_F(CommandLine, CheckRefusesWhatServeRefusesForWantOfAMethod) {
  const std::string path = absl::StrCat(testing::TempDir(), "/nothing_", getpid(), ".yaml");
  std::ofstream(path) << "upstreams: {main: {target: \"127.0.0.1:1\",\n"
                         "  schema: {proto_path: [proto], files: [sluice/v1/stream.proto]}}}\n";
  for (const char* command : {"check", "serve"}) {
    const Ran ran = RunSluice({command, "--config", path});
    EXPECT_EQ(ran.exit_code, 2) << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, "there is no method to serve")) << ran.output;
  }
  std::filesystem::remove(path);
}

TEST_F(CommandLine, CheckSaysAllThatIsWrongAtItsPlace) {
  const std::string path = absl::StrCat(testing::TempDir(), "/wrong_", getpid(), ".yaml");
  std::ofstream(path) << "listne: 127.0.0.1:1\n"
                         "upstreams: {main: {target: \"127.0.0.1:1\"}}\n"
                         "limits: {head: 16}\n";
  const Ran ran = RunSluice({"check", "--config", path});
  std::filesystem::remove(path);
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_TRUE(absl::StrContains(ran.output, ":1:1")) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "listen")) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, ":3:")) << ran.output;
}

TEST_F(CommandLine, CheckSaysWhatASharedStreamLacks) {
  const std::string path = absl::StrCat(testing::TempDir(), "/shared_", getpid(), ".yaml");
  const std::pair<const char*, int> cases[] = {{"{}", 0}, {"{slow: LATEST}", 2}};
  for (const auto& [share, exit_code] : cases) {
    std::ofstream(path) << "upstreams: {main: {target: \"" << service_->target() << "\"}}\n"
                        << "routes: [{selector: demo.v1.Clock.Watch, stream: {share: " << share
                        << "}}]\n";
    const Ran ran = RunSluice({"check", "--config", path});
    std::filesystem::remove(path);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.output;
    if (exit_code == 0) continue;
    EXPECT_TRUE(absl::StrContains(ran.output, "demo.v1.Clock.Watch")) << ran.output;
    EXPECT_TRUE(absl::StrContains(ran.output, "key_field")) << ran.output;
  }
}

TEST_F(CommandLine, ConfigShowsWhereEachValueCameFrom) {
  const Ran ran =
      RunSluice({"config", "--upstream", "localhost:50051", "--listen", "127.0.0.1:9999"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "127.0.0.1:9999")) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "--listen")) << ran.output;
  EXPECT_TRUE(absl::StrContains(ran.output, "default")) << ran.output;
}

TEST_F(CommandLine, AStopSignalSaysGoodbyeAndExitsWith0) {
  setenv("SLUICE_DRAIN_DELAY", "100ms", 1);
  setenv("SLUICE_DRAIN_WINDOW", "1s", 1);
  for (const int signal_number : {SIGTERM, SIGINT}) {
    ServingProcess gateway({"--upstream", service_->target()});
    HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Run?rate=1000"});
    ASSERT_EQ(answer.NextEvent()->name, "stream-open");
    gateway.process().Signal(signal_number);
    EXPECT_EQ(answer.WaitForEnd(absl::Seconds(10)), HttpAnswer::End::kOpen);
    EXPECT_TRUE(absl::EndsWith(answer.body(), "\"reason\":\"drain\"}\n\n"));
    EXPECT_EQ(gateway.process().WaitForExit(), 0);
  }
  unsetenv("SLUICE_DRAIN_DELAY");
  unsetenv("SLUICE_DRAIN_WINDOW");
}

TEST_F(CommandLine, ASecondSignalEndsItAtOnce) {
  ServingProcess gateway({"--upstream", service_->target()});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Slow?delay=30s"});
  ASSERT_TRUE(Eventually([&] { return service_->open_unary() == 1; }));
  gateway.process().Signal(SIGTERM);
  EXPECT_TRUE(gateway.process().WaitForOutput("stopping"));
  gateway.process().Signal(SIGTERM);
  EXPECT_EQ(gateway.process().WaitForExit(absl::Seconds(10)), 1);
}

TEST_F(CommandLine, APortThatIsTakenIsNamed) {
  ServingProcess first({"--upstream", service_->target()});
  const std::string listen = absl::StrCat("127.0.0.1:", first.port());
  const Ran second = RunSluice({"serve", "--upstream", service_->target(), "--listen", listen,
                                "--ops-listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(second.output, listen)) << second.output;
}

TEST_F(CommandLine, TailShowsEventsAndStopsWhereTheStreamHasEnded) {
  ServingProcess gateway({"--upstream", service_->target()});
  const std::string base = absl::StrCat("http://127.0.0.1:", gateway.port());
  const Ran once = RunSluice({"tail", "--once", absl::StrCat(base, "/demo.v1.Faults/Run?count=2")});
  EXPECT_EQ(once.exit_code, 0) << once.output;
  EXPECT_TRUE(absl::StrContains(once.output, "FaultsEvent  {\"sequence\":\"2\"}")) << once.output;
  EXPECT_TRUE(absl::StrContains(once.output, "stream-end #~end")) << once.output;
  const Ran json =
      RunSluice({"tail", "--json", "--once", absl::StrCat(base, "/demo.v1.Faults/Run?count=1")});
  EXPECT_TRUE(absl::StrContains(
      json.output,
      "{\"event\":\"FaultsEvent\",\"id\":\"\",\"data\":\"{\\\"sequence\\\":\\\"1\\\"}\"}\n"))
      << json.output;
  const Ran ended =
      RunSluice({"tail", "--last-event-id", "x~end", absl::StrCat(base, "/demo.v1.Faults/Run")});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  const Ran missing = RunSluice({"tail", absl::StrCat(base, "/no/such")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(missing.output, "404")) << missing.output;
  EXPECT_EQ(RunSluice({"tail", "ftp://x"}).exit_code, 2);
}

TEST_F(CommandLine, TailComesBackAndResumes) {
  ServingProcess gateway({"--upstream", service_->target()});
  ChildProcess tail(SluiceCommand(
      {"tail", absl::StrCat("http://127.0.0.1:", gateway.port(), "/demo.v1.Faults/Run?count=1")}));
  // The clean end brings it back with the end id, and the 204 ends it.
  EXPECT_EQ(tail.WaitForExit(absl::Seconds(15)), 0) << tail.output();
  EXPECT_TRUE(absl::StrContains(tail.output(), "coming back in")) << tail.output();
  EXPECT_EQ(service_->calls("/demo.v1.Faults/Run"), 1);
}

}  // namespace
}  // namespace sluice
