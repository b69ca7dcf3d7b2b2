// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/upstream/grpc/grpc_transport.h"
#include "gateway/upstream/upstream.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// The upstreams of the configuration in force. One that a new configuration has under the same name
// and target is kept, so that a reload connects to nobody anew.
//
// Ownership: its transport outlives every upstream only if the book does: whoever holds one must be
//            gone first.
// Threads:   one.
class UpstreamPool final {
 public:
  using Upstreams = std::map<std::string, std::shared_ptr<Upstream>>;  // by name

  explicit UpstreamPool(const GrpcTransport::Options& options) : transport_(options) {}

  // Those of `config`; those that it does not have are forgotten here.
  const Upstreams& Take(const sluice::config::v1::Config& config);

  // Whether one of those that were taken last has a connection now; false for any other.
  bool IsConnected(const std::string& name) const;

 private:
  GrpcTransport transport_;
  std::map<std::string, std::string> targets_;  // by name
  Upstreams upstreams_;
  std::map<std::string, std::function<bool()>> is_connected_;  // by name
};

}  // namespace sluice
