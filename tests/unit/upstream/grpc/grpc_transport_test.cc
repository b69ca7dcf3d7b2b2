// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/grpc_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tests/unit/upstream/fake_service.h"
#include "tests/unit/upstream/reader.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;

const FakeService::Author kOneMessage = [](const FakeService::Request&) {
  return Script{.messages = {"one"}};
};

TEST(GrpcTransport, EndsACallToAServiceThatIsNotThereWithUnavailableSoon) {
  DeadPort port(DeadPort::Kind::kRefuses);
  GrpcTransport transport({});
  const auto upstream = transport.Connect(port.target());
  ThreadExecutor executor;
  const absl::Time begin = absl::Now();
  Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_EQ(reader.WaitForEnd().code, absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_THAT(reader.log(), ElementsAre("end"));
}

TEST(GrpcTransport, TellsWhetherThereIsAConnection) {
  auto service = std::make_unique<FakeService>(kOneMessage);
  GrpcTransport transport({});
  const GrpcTransport::Watched watched = transport.ConnectWatched(service->target());
  EXPECT_FALSE(watched.is_connected());
  ThreadExecutor executor;
  Reader reader(*watched.upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_TRUE(reader.WaitForEnd().ok());
  EXPECT_TRUE(watched.is_connected());
  service.reset();
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (watched.is_connected() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_FALSE(watched.is_connected());
}

TEST(GrpcTransport, FindsOutThatAServiceVanishedWithoutAWord) {
  LostService service;
  GrpcTransport transport(
      {.ping_interval = absl::Milliseconds(300), .ping_timeout = absl::Milliseconds(300)});
  const auto upstream = transport.Connect(service.target());
  ThreadExecutor executor;
  Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_EQ(reader.WaitForEnd().code, absl::StatusCode::kUnavailable);
}

TEST(GrpcTransport, EndsACallToATargetThatMakesNoSense) {
  GrpcTransport transport({});
  ThreadExecutor executor;
  for (const char* target : {"", ":::", "nonsense://x/y", "unix:", "127.0.0.1:99999999"}) {
    const auto upstream = transport.Connect(target);
    Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    EXPECT_FALSE(reader.WaitForEnd().ok()) << target;
  }
}

TEST(GrpcTransport, FindsAServiceAgainThatWasKilledAndIsBack) {
  auto service = std::make_unique<FakeService>(kOneMessage);
  const int port = service->port();
  GrpcTransport transport({});
  const auto upstream = transport.Connect(service->target());
  ThreadExecutor executor;
  const auto call = [&] {
    Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    return reader.WaitForEnd().code;
  };
  EXPECT_EQ(call(), absl::StatusCode::kOk);
  service.reset();
  EXPECT_EQ(call(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(call(), absl::StatusCode::kUnavailable);

  service = std::make_unique<FakeService>(kOneMessage, port);
  const absl::Time back = absl::Now();
  while (call() != absl::StatusCode::kOk) ASSERT_LT(absl::Now() - back, absl::Seconds(10));
  EXPECT_LT(absl::Now() - back, absl::Seconds(5));
}

TEST(GrpcTransport, EndsAnOpenCallWhenTheServiceIsKilled) {
  auto service = std::make_unique<FakeService>([](const FakeService::Request&) {
    return Script{.messages = {"one"}, .after = Script::After::kHold};
  });
  GrpcTransport transport({});
  const auto upstream = transport.Connect(service->target());
  ThreadExecutor executor;
  Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
  reader.WaitForMessages(1);
  service.reset();
  EXPECT_FALSE(reader.WaitForEnd().ok());
}

TEST(GrpcTransport, CarriesManyCallsOfTwoExecutorsAtOnce) {
  FakeService service([](const FakeService::Request& request) {
    Script script;
    for (int i = 0; i < 50; ++i) script.messages.push_back(request.message + std::to_string(i));
    return script;
  });
  GrpcTransport transport({.window_bytes = 100});
  const auto upstream = transport.Connect(service.target());
  ThreadExecutor executors[2];
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 200; ++i) {
    readers.push_back(std::make_unique<Reader>(
        *upstream, executors[i % 2],
        Reader::Options{RequestTo("/demo.v1.Ticker/Watch", std::to_string(i) + ":")}));
    if (i % 10 == 9) readers[i - 5]->Close();
  }
  for (int i = 0; i < 200; ++i) {
    if (i % 10 == 4) continue;
    EXPECT_TRUE(readers[i]->WaitForEnd().ok());
    const std::vector<std::string> messages = readers[i]->messages();
    ASSERT_EQ(messages.size(), 50u);
    for (int k = 0; k < 50; ++k)
      EXPECT_EQ(messages[k], std::to_string(i) + ":" + std::to_string(k));
    EXPECT_FALSE(readers[i]->on_wrong_thread());
  }
}

TEST(GrpcTransport, MayGoAsSoonAsItsCallsHaveGone) {
  FakeService service([](const FakeService::Request&) {
    return Script{.messages = {"one"}, .again_and_again = true};
  });
  ThreadExecutor executor;
  for (int i = 0; i < 10; ++i) {
    GrpcTransport transport({});
    const auto upstream = transport.Connect(service.target());
    Reader first(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    Reader second(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    if (i % 2 == 0) first.WaitForMessages(1);
  }
  EXPECT_TRUE(service.WaitForCancelled(5, absl::Seconds(10)));
}

TEST(GrpcTransport, MayGoWithoutACall) {
  GrpcTransport transport({});
  const auto upstream = transport.Connect("127.0.0.1:1");
}

}  // namespace
}  // namespace sluice
