// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/http/http_request.h"
#include "gateway/http/negotiation.h"
#include "gateway/http/query.h"
#include "gateway/http/refusal.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// A request, with what was read of it before it is served.
struct IncomingRequest {
  // Reads `request`; both it and the snapshot must outlive the result.
  IncomingRequest(const HttpRequest& http, const Snapshot& in_force, bool is_draining);

  const HttpRequest& request;
  const Snapshot& snapshot;
  const bool draining;
  const RouteMatch match;
  const RoutePlan* const plan;  // null where there is no route
  const absl::StatusOr<std::vector<QueryParameter>> query;
  const std::vector<Format> offers;    // what can be had at this path
  const std::optional<Format> format;  // what of it was asked for
};

// What a browser is told while the process ends.
inline constexpr char kDrainMessage[] = "the gateway is going down; come back to another";

// What a gate decides.
struct Pass {};
struct EndedStream {};     // the stream that the request comes back to is over
struct HealthQuestion {};  // whether the process is ready
using Verdict = std::variant<Pass, Refusal, Response, EndedStream, HealthQuestion>;

// A pure function of the request: no gate counts, logs or remembers.
struct Gate {
  absl::string_view name;
  Verdict (*judge)(const IncomingRequest& incoming);
};

// In the order in which a request goes through them, which is part of the contract: the first that
// does not let it pass decides. A load balancer is answered whatever else it sends; a foreign
// origin is refused before anything else; and an ended stream is told so before its parameters are
// looked at, since a browser that comes back must be able to stop.
//
// Threads: any.
absl::Span<const Gate> RequestGates();

}  // namespace sluice
