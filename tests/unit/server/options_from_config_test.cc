// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/options_from_config.h"

#include "gateway/config/config_loader.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

sluice::config::v1::Config Defaults() {
  ConfigSources sources;
  sources.flags = {{"--upstream", "upstreams.main.target", "localhost:1"}};
  Problems problems;
  return LoadConfig(sources, problems)->config;
}

TEST(RelayOptionsFrom, TheDefaultsOfTheFileAreThoseOfTheComponents) {
  const sluice::config::v1::Config config = Defaults();
  const RelayOptions relay = RelayOptionsFrom(config);
  EXPECT_EQ(relay.open_grace, RelayOptions().open_grace);
  EXPECT_EQ(relay.close_grace, RelayOptions().close_grace);
  EXPECT_EQ(relay.unary_timeout, RelayOptions().unary_timeout);
  EXPECT_EQ(relay.stream_buffer_bytes, RelayOptions().stream_buffer_bytes);
  EXPECT_EQ(relay.retryable, RelayOptions().retryable);
  const GrpcTransport::Options transport = TransportOptionsFrom(config);
  EXPECT_EQ(transport.max_message_bytes, GrpcTransport::Options().max_message_bytes);
  EXPECT_EQ(transport.window_bytes, GrpcTransport::Options().window_bytes);
  EXPECT_EQ(transport.buffer_bytes, GrpcTransport::Options().buffer_bytes);
  const Listener::Options listener = *ListenerOptionsFrom(config);
  EXPECT_EQ(listener.host, "127.0.0.1");
  EXPECT_EQ(listener.port, 8080);
  EXPECT_EQ(listener.max_connections, 10000u);
  EXPECT_EQ(listener.connection.max_head_bytes, ConnectionOptions().max_head_bytes);
  EXPECT_EQ(listener.connection.max_body_bytes, ConnectionOptions().max_body_bytes);
  EXPECT_EQ(listener.connection.head_timeout, ConnectionOptions().head_timeout);
  EXPECT_EQ(listener.connection.body_timeout, ConnectionOptions().body_timeout);
  EXPECT_EQ(listener.connection.idle_timeout, ConnectionOptions().idle_timeout);
}

TEST(RelayOptionsFrom, TakesWhatTheOperatorSays) {
  sluice::config::v1::Config config = Defaults();
  config.mutable_limits()->mutable_open_grace()->set_nanos(5'000'000);
  config.mutable_limits()->mutable_open_grace()->clear_seconds();
  config.clear_retryable_codes();
  config.add_retryable_codes("NOT_FOUND");
  config.mutable_cors()->add_origins("https://a");
  config.mutable_cors()->set_credentials(true);
  config.add_trusted_proxies("10.0.0.0/8");
  const RelayOptions relay = RelayOptionsFrom(config);
  EXPECT_EQ(relay.open_grace, absl::Milliseconds(5));
  EXPECT_EQ(relay.retryable.size(), 1u);
  EXPECT_TRUE(relay.retryable.contains(absl::StatusCode::kNotFound));
  EXPECT_EQ(relay.origins.origins, std::vector<std::string>{"https://a"});
  EXPECT_TRUE(relay.origins.credentials);
  ASSERT_EQ(relay.trusted_proxies.size(), 1u);
  EXPECT_TRUE(relay.trusted_proxies[0].Contains("10.1.2.3"));
}

TEST(DrainTimesFrom, AreThoseOfTheFile) {
  const DrainTimes times = DrainTimesFrom(Defaults());
  EXPECT_EQ(times.delay, absl::Seconds(5));
  EXPECT_EQ(times.window, absl::Seconds(25));
}

TEST(LogOptionsFrom, TakesEveryLevel) {
  sluice::config::v1::Log log;
  log.set_format("text");
  const std::map<std::string, LogLevel> levels = {
      {"trace", LogLevel::kTrace},     {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo},
      {"warning", LogLevel::kWarning}, {"error", LogLevel::kError}, {"off", LogLevel::kOff}};
  for (const auto& [name, level] : levels) {
    log.set_level(name);
    EXPECT_EQ(LogOptionsFrom(log).level, level) << name;
  }
  EXPECT_EQ(LogOptionsFrom(log).format, LogFormat::kText);
  EXPECT_FALSE(LogOptionsFrom(log).access);
  EXPECT_TRUE(LogOptionsFrom(Defaults().log()).access);
}

}  // namespace
}  // namespace sluice
