// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/upstream_pool.h"

#include <utility>

namespace sluice {

const UpstreamPool::Upstreams& UpstreamPool::Take(const sluice::config::v1::Config& config) {
  Upstreams upstreams;
  std::map<std::string, std::string> targets;
  std::map<std::string, std::function<bool()>> is_connected;
  for (const auto& [name, upstream] : config.upstreams()) {
    const auto known = targets_.find(name);
    const bool same = known != targets_.end() && known->second == upstream.target();
    targets[name] = upstream.target();
    if (same) {
      upstreams[name] = upstreams_[name];
      is_connected[name] = is_connected_[name];
      continue;
    }
    GrpcTransport::Watched made = transport_.ConnectWatched(upstream.target());
    upstreams[name] = std::move(made.upstream);
    is_connected[name] = std::move(made.is_connected);
  }
  upstreams_ = std::move(upstreams);
  targets_ = std::move(targets);
  is_connected_ = std::move(is_connected);
  return upstreams_;
}

bool UpstreamPool::IsConnected(const std::string& name) const {
  const auto found = is_connected_.find(name);
  return found != is_connected_.end() && found->second();
}

}  // namespace sluice
