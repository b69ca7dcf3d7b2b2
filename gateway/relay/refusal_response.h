// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gateway/edge/exchange.h"
#include "gateway/http/refusal.h"
#include "gateway/relay/own_events.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// The answers that are no stream: JSON errors of one shape, with what CORS asks for on every
// status, and Retry-After on 429 and 503.
//
// Threads: any.
Response RefusalResponse(const Refusal& refusal, const Snapshot& snapshot,
                         const HttpRequest& request);

// The same for an RPC that failed before anything was sent. Retry-After is what the service asks
// for, if that is longer than usual, and absent where it asks for no other try.
Response FailureResponse(const StreamFailure& failure, const Snapshot& snapshot,
                         const HttpRequest& request);

// The head of a stream.
ResponseHead StreamHead(Format format, const Snapshot& snapshot, const HttpRequest& request);

}  // namespace sluice
