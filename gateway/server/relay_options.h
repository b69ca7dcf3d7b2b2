// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "gateway/edge/listener.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/grpc_transport.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// The parts of an effective configuration in the words of the components that they are for.
RelayOptions RelayOptionsFrom(const sluice::config::v1::Config& config);
GrpcTransport::Options TransportOptionsFrom(const sluice::config::v1::Config& config);
absl::StatusOr<Listener::Options> ListenerOptionsFrom(const sluice::config::v1::Config& config);

}  // namespace sluice
