// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

namespace sluice {

// How an RPC ended: google.rpc.Status.
struct RpcStatus {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;
  // What the service sent as `grpc-status-details-bin`: a serialized google.rpc.Status. May be
  // empty or not parse: it comes from outside.
  std::string details;

  bool ok() const { return code == absl::StatusCode::kOk; }
};

// `UNAVAILABLE`; the number for codes that gRPC does not know.
std::string CodeName(absl::StatusCode code);

}  // namespace sluice
