// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"
#include "gateway/base/rpc_status.h"
#include "gateway/http/response.h"

namespace sluice {

// The answer to a request that is refused: JSON of one shape,
// `{"code","status","message","details"}`. `http_status` where it says more than the code's own
// (405, 406, 408, 413, 415, 431); 0: the code's own.
Response ErrorResponse(int http_status, const RpcStatus& status,
                       absl::string_view details_json = "[]");

}  // namespace sluice
