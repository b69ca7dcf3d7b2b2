// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/refusal.h"

#include "absl/status/status.h"
#include "gateway/http/error_response.h"

namespace sluice {
namespace {

struct Kind {
  absl::string_view name;
  int http_status;
  absl::StatusCode code;
};

// In the order of RefusalReason.
constexpr std::array<Kind, kRefusalReasons> kKinds = {{
    {"bad_request", 400, absl::StatusCode::kInvalidArgument},
    {"bad_version", 505, absl::StatusCode::kUnimplemented},
    {"bad_transfer_encoding", 501, absl::StatusCode::kUnimplemented},
    {"bad_method", 501, absl::StatusCode::kUnimplemented},
    {"bad_expectation", 417, absl::StatusCode::kFailedPrecondition},
    {"head_too_large", 431, absl::StatusCode::kInvalidArgument},
    {"body_too_large", 413, absl::StatusCode::kInvalidArgument},
    {"head_timeout", 408, absl::StatusCode::kDeadlineExceeded},
    {"body_timeout", 408, absl::StatusCode::kDeadlineExceeded},
    {"too_many_connections", 0, absl::StatusCode::kUnavailable},
    {"idle_timeout", 0, absl::StatusCode::kDeadlineExceeded},
    {"close_timeout", 0, absl::StatusCode::kDeadlineExceeded},
}};

const Kind& KindOf(RefusalReason reason) { return kKinds[static_cast<size_t>(reason)]; }

}  // namespace

absl::string_view NameOf(RefusalReason reason) { return KindOf(reason).name; }

Response ResponseTo(const Refusal& refusal) {
  const Kind& kind = KindOf(refusal.reason);
  Response response = ErrorResponse(kind.http_status, {kind.code, refusal.message, ""});
  response.close = true;
  return response;
}

RefusalCounters::RefusalCounters(Metrics& metrics) {
  for (size_t i = 0; i < kRefusalReasons; ++i) {
    counters_[i] = &metrics.GetCounter("edge_refused", kKinds[i].name);
  }
}

}  // namespace sluice
