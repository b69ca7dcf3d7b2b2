// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <string>

#include "gateway/upstream/grpc/grpc_transport.h"
#include "tests/unit/upstream/fake_service.h"
#include "tests/unit/upstream/reader.h"

namespace sluice {
namespace {

constexpr ChannelMaker::Limits kLimits = {1'000'000, 10'000'000};

TEST(ChannelMaker, SaysWhoItIs) {
  FakeService service([](const FakeService::Request&) { return Script{}; });
  GrpcTransport transport({});
  const auto upstream = transport.Connect(service.target());
  ThreadExecutor executor;
  Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_TRUE(reader.WaitForEnd().ok());
  const std::string agent = service.last_request().metadata.find("user-agent")->second;
  EXPECT_THAT(agent, ::testing::StartsWith("sluice/"));
}

TEST(ChannelMaker, GoesRoundAProxyOfTheEnvironment) {
  DeadPort proxy(DeadPort::Kind::kRefuses);
  setenv("http_proxy", ("http://" + proxy.target()).c_str(), 1);
  FakeService service([](const FakeService::Request&) { return Script{}; });
  const auto channel = ChannelMaker(kLimits).Make(service.target());
  EXPECT_TRUE(
      channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)));
  unsetenv("http_proxy");
}

TEST(ChannelMaker, SpreadsTheCallsOverTheAddressesOfATarget) {
  FakeService one([](const FakeService::Request&) { return Script{}; });
  FakeService other([](const FakeService::Request&) { return Script{}; });
  GrpcTransport transport({});
  const auto upstream = transport.Connect("ipv4:" + one.target() + "," + other.target());
  ThreadExecutor executor;
  // Which of them is connected first is open; from then on they take turns.
  for (int i = 0; i < 2000 && (one.opened() == 0 || other.opened() == 0); ++i) {
    Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    EXPECT_TRUE(reader.WaitForEnd().ok());
  }
  const size_t first = one.opened();
  const size_t second = other.opened();
  for (int i = 0; i < 20; ++i) {
    Reader reader(*upstream, executor, {RequestTo("/demo.v1.Ticker/Watch")});
    EXPECT_TRUE(reader.WaitForEnd().ok());
  }
  EXPECT_EQ(one.opened() - first, 10u);
  EXPECT_EQ(other.opened() - second, 10u);
}

TEST(ChannelMaker, ConnectsWhenFirstUsed) {
  const auto channel = ChannelMaker(kLimits).Make("127.0.0.1:1");
  EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_IDLE);
}

}  // namespace
}  // namespace sluice
