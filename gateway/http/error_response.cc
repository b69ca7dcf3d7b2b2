// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/error_response.h"

#include "absl/strings/str_cat.h"
#include "gateway/http/rpc_error.h"

namespace sluice {

Response ErrorResponse(int http_status, const RpcStatus& status, absl::string_view details_json) {
  Response response;
  response.head.status = http_status != 0 ? http_status : HttpStatusOf(status.code);
  response.head.headers.Add("Content-Type", "application/json");
  response.head.headers.Add("Cache-Control", "no-store");
  response.body = absl::StrCat("{", StatusMembers(status, details_json), "}\n");
  return response;
}

}  // namespace sluice
