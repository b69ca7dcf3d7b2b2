// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// gRPC's side of the process: one completion queue and its thread, the buffers that all calls
// share, and the channels. Messages are handed to a loop in batches, one wake-up a batch.
//
// Bounds:    `buffer_bytes` for what gRPC itself holds for all calls (a ResourceQuota).
// Ownership: outlives its upstreams and their calls. The destructor waits for the thread.
// Threads:   Connect from any.
class GrpcTransport final {
 public:
  struct Options {
    size_t max_message_bytes = 4 * 1024 * 1024;
    size_t window_bytes = 64 * 1024;  // received and not released, a call
    size_t buffer_bytes = 64 * 1024 * 1024;
    // A service that vanished without a word is found out so long after, and its RPCs end. More
    // often than every five minutes a service may take for abuse.
    absl::Duration ping_interval = absl::Seconds(310);
    absl::Duration ping_timeout = absl::Seconds(20);
  };

  explicit GrpcTransport(const Options& options);
  ~GrpcTransport();
  GrpcTransport(const GrpcTransport&) = delete;
  GrpcTransport& operator=(const GrpcTransport&) = delete;

  // Never fails and connects when first used: a service that is not there is a call that ends with
  // UNAVAILABLE.
  std::unique_ptr<Upstream> Connect(const std::string& target);

  // The same with a look at the channel behind: whether it has a connection now. Both must be gone
  // before the transport. Threads: any.
  struct Watched {
    std::unique_ptr<Upstream> upstream;
    std::function<bool()> is_connected;
  };
  Watched ConnectWatched(const std::string& target);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sluice
