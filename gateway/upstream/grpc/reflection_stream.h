// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sluice/internal/reflection.pb.h"

namespace sluice {

// One ServerReflectionInfo RPC, asked and answered in turn. All questions go through one RPC where
// the service allows it, so that behind a load balancer one process answers them all.
//
// Bounds:  the deadline of the RPC, the time for one answer, and the channel's limit of a message.
// Threads: one. Ask, Read and the destructor block, until a deadline at most.
// Errors:  the status of the RPC; none can be asked after an error. UNKNOWN where it ended without
//          an answer, INTERNAL where the answer does not parse, DEADLINE_EXCEEDED where none came.
class ReflectionStream final {
 public:
  struct Options {
    std::string path;  // `/grpc.reflection.v1.ServerReflection/ServerReflectionInfo`
    gpr_timespec deadline;
    absl::Duration answer_timeout = absl::InfiniteDuration();
    std::vector<std::pair<std::string, std::string>> metadata;
  };

  ReflectionStream(const std::shared_ptr<grpc::Channel>& channel, const Options& options);
  ~ReflectionStream();
  ReflectionStream(const ReflectionStream&) = delete;
  ReflectionStream& operator=(const ReflectionStream&) = delete;

  absl::StatusOr<internal::ReflectionResponse> Ask(const internal::ReflectionRequest& question);
  // The next answer, where the last was one to another question.
  absl::StatusOr<internal::ReflectionResponse> Read();

 private:
  // Waits for the one operation that is under way; cancels the RPC where that takes too long.
  bool Wait();
  absl::Status End();

  const absl::Duration answer_timeout_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  gpr_timespec wait_until_;
  bool timed_out_ = false;
  bool ended_ = false;
};

}  // namespace sluice
