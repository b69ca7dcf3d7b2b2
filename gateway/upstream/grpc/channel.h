// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/resource_quota.h>

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace sluice {

// Keeps gRPC up. When the last of it goes, by this or otherwise, gRPC tidies up in a thread that
// nobody waits for; the destructor waits for it, so that nothing runs on when the process ends.
//
// Threads: any, but never gRPC's own.
class GrpcHold final {
 public:
  GrpcHold();
  ~GrpcHold();
  GrpcHold(const GrpcHold&) = delete;
  GrpcHold& operator=(const GrpcHold&) = delete;
};

// Makes the channels to the services, which share what gRPC may hold; channel.cc says why each
// setting is as it is.
//
// Threads: any.
class ChannelMaker final {
 public:
  struct Limits {
    size_t max_message_bytes;
    size_t buffer_bytes;  // for all channels together
    // A connection that is quiet for so long is asked whether it still lives.
    absl::Duration ping_interval = absl::InfiniteDuration();
    absl::Duration ping_timeout = absl::InfiniteDuration();
  };

  explicit ChannelMaker(const Limits& limits);

  // The channel connects when first used. A target that makes no sense is calls that end with an
  // error.
  std::shared_ptr<grpc::Channel> Make(const std::string& target) const;

 private:
  const Limits limits_;
  grpc::ResourceQuota quota_;
};

}  // namespace sluice
