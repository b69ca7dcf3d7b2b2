// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "gateway/base/metrics.h"
#include "gateway/config/config_loader.h"

namespace sluice {

// The gateway as one object: who owns whom, and in which order everything starts and stops.
//
//   control ─▶ SchemaBook ─▶ Snapshot ─▶ every loop's Relay
//   loop (one a core): Listener ─▶ Relay ─▶ Upstream of the one GrpcTransport
//
// Threads: one caller. Starts a thread a loop, gRPC's, the operators' port's, and one that asks
// services for
//          their schema until all have answered.
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

  // Accepts no more, says goodbye to every stream at an event boundary, and returns when all are
  // gone, or after a bounded time.
  void Drain();

 private:
  class Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
