// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/refusal.h"

#include "absl/status/status.h"
#include "gateway/http/error_response.h"

namespace sluice {
namespace {

using absl::StatusCode;

constexpr uint8_t kByEdge = static_cast<uint8_t>(RefusedBy::kEdge);
constexpr uint8_t kByRelay = static_cast<uint8_t>(RefusedBy::kRelay);
constexpr bool kTransient = true;

struct Kind {
  absl::string_view name;
  uint8_t by;
  StatusCode code;
  int http_status = 0;  // 0: the one of the code
  bool transient = false;
};

// In the order of RefusalReason.
constexpr std::array<Kind, kRefusalReasons> kKinds = {{
    {"bad_request", kByEdge, StatusCode::kInvalidArgument},
    {"bad_version", kByEdge, StatusCode::kUnimplemented, 505},
    {"bad_transfer_encoding", kByEdge, StatusCode::kUnimplemented},
    {"bad_method", kByEdge, StatusCode::kUnimplemented},
    {"bad_expectation", kByEdge, StatusCode::kFailedPrecondition, 417},
    {"head_too_large", kByEdge, StatusCode::kInvalidArgument, 431},
    {"body_too_large", kByEdge, StatusCode::kInvalidArgument, 413},
    {"head_timeout", kByEdge, StatusCode::kDeadlineExceeded, 408},
    {"body_timeout", kByEdge, StatusCode::kDeadlineExceeded, 408},
    {"idle_timeout", kByEdge, StatusCode::kDeadlineExceeded},
    {"close_timeout", kByEdge, StatusCode::kDeadlineExceeded},
    {"too_many_connections", kByEdge | kByRelay, StatusCode::kUnavailable, 0, kTransient},
    {"foreign_origin", kByRelay, StatusCode::kPermissionDenied},
    {"unknown_path", kByRelay, StatusCode::kNotFound},
    {"not_exposed", kByRelay, StatusCode::kNotFound},
    {"not_served", kByRelay, StatusCode::kNotFound},
    {"schema_pending", kByRelay, StatusCode::kUnavailable, 0, kTransient},
    {"method_not_allowed", kByRelay, StatusCode::kUnimplemented, 405},
    {"not_acceptable", kByRelay, StatusCode::kInvalidArgument, 406},
    {"bad_parameter", kByRelay, StatusCode::kInvalidArgument},
    {"bad_body", kByRelay, StatusCode::kInvalidArgument},
    {"bad_header", kByRelay, StatusCode::kInvalidArgument},
    {"unsupported_media_type", kByRelay, StatusCode::kInvalidArgument, 415},
    {"missing_field", kByRelay, StatusCode::kInvalidArgument},
    {"too_many_topics", kByRelay, StatusCode::kUnavailable, 0, kTransient},
    {"drain", kByRelay, StatusCode::kUnavailable, 0, kTransient},
}};

const Kind& KindOf(RefusalReason reason) { return kKinds[static_cast<size_t>(reason)]; }

}  // namespace

absl::string_view NameOf(RefusalReason reason) { return KindOf(reason).name; }

bool IsTransient(RefusalReason reason) { return KindOf(reason).transient; }

RpcStatus StatusOf(const Refusal& refusal) {
  return {.code = KindOf(refusal.reason).code, .message = refusal.message, .details = ""};
}

Response ResponseTo(const Refusal& refusal) {
  Response response = ErrorResponse(KindOf(refusal.reason).http_status, StatusOf(refusal));
  if (!refusal.allow.empty()) response.head.headers.Add("Allow", refusal.allow);
  return response;
}

RefusalCounters::RefusalCounters(Metrics& metrics, RefusedBy by) {
  const absl::string_view name = by == RefusedBy::kEdge ? "edge_refused" : "relay_refused";
  for (size_t i = 0; i < kRefusalReasons; ++i) {
    if ((kKinds[i].by & static_cast<uint8_t>(by)) == 0) continue;
    counters_[i] = &metrics.GetCounter(name, kKinds[i].name);
  }
}

}  // namespace sluice
