// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/upstream_pool.h"

#include <utility>

namespace sluice {

const UpstreamPool::Upstreams& UpstreamPool::Take(const sluice::config::v1::Config& config) {
  Upstreams upstreams;
  std::map<std::string, std::string> targets;
  for (const auto& [name, upstream] : config.upstreams()) {
    const auto known = targets_.find(name);
    const bool same = known != targets_.end() && known->second == upstream.target();
    upstreams[name] = same ? upstreams_[name] : transport_.Connect(upstream.target());
    targets[name] = upstream.target();
  }
  upstreams_ = std::move(upstreams);
  targets_ = std::move(targets);
  return upstreams_;
}

}  // namespace sluice
