// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/base/rpc_status.h"

namespace sluice {

// The shape of every error that Sluice answers with: google.rpc.Status as JSON, under the HTTP
// status of its code.

// The HTTP status of a code, by the table in google/rpc/code.proto.
int HttpStatusOf(absl::StatusCode code);

// `"code":14,"status":"UNAVAILABLE","message":"…","details":[…]`: the members of the JSON object,
// without its braces, on one line. `details_json` is a JSON array. Bytes of the message that are
// not UTF-8 become U+FFFD.
std::string StatusMembers(const RpcStatus& status, absl::string_view details_json = "[]");

}  // namespace sluice
