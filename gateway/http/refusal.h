// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/base/rpc_status.h"
#include "gateway/http/response.h"

namespace sluice {

// Every reason for which a request is refused or a connection broken off. Each has a name, which is
// stable, a status, and an answer to the question whether coming back helps: see refusal.cc.
enum class RefusalReason : uint8_t {
  // By the edge, which knows connections.
  kBadRequest,
  kBadVersion,
  kBadTransferEncoding,
  kBadMethod,
  kBadExpectation,
  kHeadTooLarge,
  kBodyTooLarge,
  kHeadTimeout,
  kBodyTimeout,
  kIdleTimeout,   // nothing to answer: closed
  kCloseTimeout,  // nobody takes the answer: reset
  // By both: the edge closes where there are far too many.
  kTooManyConnections,
  // By the relay, which knows routes.
  kForeignOrigin,
  kUnknownPath,
  kNotExposed,
  kNotServed,
  kSchemaPending,
  kMethodNotAllowed,
  kNotAcceptable,
  kBadParameter,
  kBadBody,
  kBadHeader,
  kUnsupportedMediaType,
  kMissingField,
  kTooManyTopics,
  kDrain,
};
inline constexpr size_t kRefusalReasons = 26;

// `head_too_large`
absl::string_view NameOf(RefusalReason reason);

// True where a browser had better come back in a moment. One that asked for a stream is told so
// inside of a 200: EventSource gives up for good after any other status.
bool IsTransient(RefusalReason reason);

// A refused request: what was found and would be right.
struct Refusal {
  RefusalReason reason;
  std::string message;
  std::string allow;  // of kMethodNotAllowed: the verbs that are allowed
};

RpcStatus StatusOf(const Refusal& refusal);
Response ResponseTo(const Refusal& refusal);

// The folder that counts a refusal.
enum class RefusedBy : uint8_t { kEdge = 1, kRelay = 2 };

// The counters `edge_refused` or `relay_refused`, one a reason. Threads: any.
class RefusalCounters final {
 public:
  // `metrics` must outlive the counters.
  RefusalCounters(Metrics& metrics, RefusedBy by);

  // REQUIRES: a reason of the folder that was named.
  void Count(RefusalReason reason) { counters_[static_cast<size_t>(reason)]->Add(); }

 private:
  std::array<Counter*, kRefusalReasons> counters_{};
};

}  // namespace sluice
