// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/base/observe/log.h"
#include "gateway/edge/listener.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/grpc/grpc_transport.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// The parts of an effective configuration in the words of the components that they are for.
RelayOptions RelayOptionsFrom(const sluice::config::v1::Config& config);
GrpcTransport::Options TransportOptionsFrom(const sluice::config::v1::Config& config);
absl::StatusOr<Listener::Options> ListenerOptionsFrom(const sluice::config::v1::Config& config);
LogOptions LogOptionsFrom(const sluice::config::v1::Log& log);

// How long a process that goes down serves on, and how long its goodbyes take.
struct DrainTimes {
  absl::Duration delay;
  absl::Duration window;
};
DrainTimes DrainTimesFrom(const sluice::config::v1::Config& config);

}  // namespace sluice
