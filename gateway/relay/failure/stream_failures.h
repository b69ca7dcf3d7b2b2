// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/rpc_status.h"
#include "gateway/relay/own_events.h"

namespace sluice {

// What becomes of a stream by what its service did wrong: in common to private and shared ones.

// The reason of the `stream-gap` that stands in the place of a message without JSON.
inline constexpr absl::string_view kUnreadable = "unreadable";

// The end of an RPC at such a message (a FaultError): for good, since who comes back meets it
// again.
RpcStatus UnreadableEnd(const absl::Status& fault);

// How long a service asks to be left alone after this end: by a google.rpc.RetryInfo in its details
// or `grpc-retry-pushback-ms`, the longer of both, and at most kLongestServicePause.
inline constexpr absl::Duration kLongestServicePause = absl::Hours(1);
absl::Duration ServicePause(const RpcStatus& status);

}  // namespace sluice
