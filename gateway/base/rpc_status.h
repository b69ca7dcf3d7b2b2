// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace sluice {

// What the transport itself did not take, so that nobody can go on behind it.
enum class LostMessage : uint8_t {
  kNone,
  kTooLarge,  // a message beyond the transport's bound
  kBroken,    // one that cannot be read, or expanded
};

// How an RPC ended: google.rpc.Status.
struct RpcStatus {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;
  // What the service sent as `grpc-status-details-bin`: a serialized google.rpc.Status. May be
  // empty or not parse: it comes from outside.
  std::string details;

  // What the service asks for beside the code (`grpc-retry-pushback-ms`): to be called again no
  // sooner, or not at all.
  absl::Duration retry_after = absl::ZeroDuration();
  bool never_again = false;
  // Calling again would meet the same message.
  LostMessage lost = LostMessage::kNone;

  bool ok() const { return code == absl::StatusCode::kOk; }
};

// `UNAVAILABLE`; the number for codes that gRPC does not know.
std::string CodeName(absl::StatusCode code);

}  // namespace sluice
