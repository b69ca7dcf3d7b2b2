// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// How an RPC ended, and the shape of every error that Sluice answers with: google.rpc.Status.
struct RpcStatus {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;
  // What the service sent as `grpc-status-details-bin`: a serialized google.rpc.Status. May be
  // empty or not parse: it comes from outside.
  std::string details;

  bool ok() const { return code == absl::StatusCode::kOk; }
};

// The HTTP status of a code, by the table in google/rpc/code.proto.
int HttpStatusOf(absl::StatusCode code);

// `UNAVAILABLE`; the number for codes that gRPC does not know.
std::string CodeName(absl::StatusCode code);

// `"code":14,"status":"UNAVAILABLE","message":"…","details":[…]`: the members of the JSON object,
// without its braces, on one line. `details_json` is a JSON array. Bytes of the message that are
// not UTF-8 become U+FFFD.
std::string StatusMembers(const RpcStatus& status, absl::string_view details_json = "[]");

// A JSON string literal, quotes included; no raw CR, LF, NUL, U+0085, U+2028 or U+2029, always
// valid UTF-8.
std::string JsonString(absl::string_view text);

}  // namespace sluice
