// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/config/config_loader.h"
#include "gateway/server/options_from_config.h"

namespace sluice {

// The gateway as one object: who owns whom, and in which order everything starts and stops.
//
//   Control ─▶ Snapshot ─▶ every loop's Relay
//   Worker (a loop, one a core): Listener ─▶ Relay ─▶ Upstream of the one GrpcTransport
//   Control ─▶ StatusBoard ◀─ OpsServer
//
// Threads: one caller. Starts a thread a loop, gRPC's, the operators' port's, and the control's.
class Server final {
 public:
  // Listens and serves when it returns; services that are asked by reflection need not run yet.
  // Errors: an address that cannot be listened on (UNAVAILABLE); schemas or routes with errors, all
  // of them in the message, a line each (INVALID_ARGUMENT).
  static absl::StatusOr<std::unique_ptr<Server>> Start(const EffectiveConfig& config);

  // Stops at once, breaking off what still runs.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  uint16_t ops_port() const;
  Metrics& metrics();

  // Reads `sources` and the schema again, later, on the control's thread; what comes of it is told
  // by the log, `/status` and the counter `reloads`. Streams that run finish as they began.
  void RequestReload(ConfigSources sources);

  // As the configuration in force says.
  DrainTimes drain_times() const;

  // Is not ready from now on; serves on for `times.delay`; then accepts no more, says goodbye to
  // every stream at an event boundary, evenly over `times.window`, and returns as soon as all are
  // gone, or a few seconds after the window.
  void Drain(const DrainTimes& times);

 private:
  class Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
