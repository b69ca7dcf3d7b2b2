// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sluice/internal/reflection.pb.h"

namespace sluice {

// One ServerReflectionInfo RPC, asked and answered in turn. All questions go through one RPC where
// the service allows it, so that behind a load balancer one process answers them all.
//
// Bounds:  the deadline of the RPC, and the channel's limit of a message.
// Threads: one. Ask and the destructor block, until the deadline at most.
// Errors:  the status of the RPC; none can be asked after an error. UNKNOWN where it ended without
//          an answer, INTERNAL where the answer does not parse.
class ReflectionStream final {
 public:
  struct Options {
    std::string path;  // `/grpc.reflection.v1.ServerReflection/ServerReflectionInfo`
    gpr_timespec deadline;
  };

  ReflectionStream(const std::shared_ptr<grpc::Channel>& channel, const Options& options);
  ~ReflectionStream();
  ReflectionStream(const ReflectionStream&) = delete;
  ReflectionStream& operator=(const ReflectionStream&) = delete;

  absl::StatusOr<internal::ReflectionResponse> Ask(const internal::ReflectionRequest& question);

 private:
  // Waits for the one operation that is under way.
  bool Wait();
  absl::Status End();

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  bool ended_ = false;
};

}  // namespace sluice
