// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/options_from_config.h"

#include <optional>

#include "gateway/config/config_values.h"

namespace sluice {

RelayOptions RelayOptionsFrom(const sluice::config::v1::Config& config) {
  RelayOptions options;
  options.open_grace = ToDuration(config.limits().open_grace());
  options.close_grace = ToDuration(config.limits().close_grace());
  options.unary_timeout = ToDuration(config.limits().unary_timeout());
  options.stream_buffer_bytes = config.limits().stream_buffer();
  options.retryable.clear();
  for (const std::string& name : config.retryable_codes()) {
    const std::optional<absl::StatusCode> code = CodeFromName(name);
    if (code.has_value()) options.retryable.insert(*code);
  }
  options.origins.origins = {config.cors().origins().begin(), config.cors().origins().end()};
  options.origins.credentials = config.cors().credentials();
  for (const std::string& text : config.trusted_proxies()) {
    absl::StatusOr<IpNetwork> network = IpNetwork::Parse(text);
    if (network.ok()) options.trusted_proxies.push_back(*network);
  }
  options.origins.trusted_proxies = options.trusted_proxies;
  return options;
}

GrpcTransport::Options TransportOptionsFrom(const sluice::config::v1::Config& config) {
  return {.max_message_bytes = config.limits().message(),
          .window_bytes = config.limits().stream_buffer(),
          .buffer_bytes = config.limits().upstream_buffers()};
}

absl::StatusOr<Listener::Options> ListenerOptionsFrom(const sluice::config::v1::Config& config) {
  const absl::StatusOr<HostPort> listen = ParseHostPort(config.listen());
  if (!listen.ok()) return listen.status();
  Listener::Options options;
  options.host = listen->host;
  options.port = listen->port;
  options.max_connections = config.limits().connections();
  options.connection.max_head_bytes = config.limits().head();
  options.connection.max_body_bytes = config.limits().body();
  options.connection.head_timeout = ToDuration(config.limits().head_timeout());
  options.connection.body_timeout = ToDuration(config.limits().body_timeout());
  options.connection.idle_timeout = ToDuration(config.limits().idle_timeout());
  return options;
}

LogOptions LogOptionsFrom(const sluice::config::v1::Log& log) {
  LogOptions options;
  options.access = log.access();
  options.format = log.format() == "text" ? LogFormat::kText : LogFormat::kJson;
  if (log.level() == "trace") options.level = LogLevel::kTrace;
  if (log.level() == "debug") options.level = LogLevel::kDebug;
  if (log.level() == "warning") options.level = LogLevel::kWarning;
  if (log.level() == "error") options.level = LogLevel::kError;
  if (log.level() == "off") options.level = LogLevel::kOff;
  return options;
}

DrainTimes DrainTimesFrom(const sluice::config::v1::Config& config) {
  return {.delay = ToDuration(config.drain().delay()),
          .window = ToDuration(config.drain().window())};
}

}  // namespace sluice
