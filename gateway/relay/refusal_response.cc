// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/refusal_response.h"

#include <string>
#include <utility>

#include "gateway/http/error_response.h"

namespace sluice {
namespace {

constexpr char kRetryAfterSeconds[] = "3";

Response WithHeaders(Response response, const Snapshot& snapshot, const HttpRequest& request) {
  HeaderList& headers = response.head.headers;
  if (response.head.status == 429 || response.head.status == 503) {
    headers.Add("Retry-After", kRetryAfterSeconds);
  }
  headers.Add("Vary", "Accept, Origin");
  snapshot.origins().AddHeaders(request, headers);
  return response;
}

}  // namespace

Response RefusalResponse(const Refusal& refusal, const Snapshot& snapshot,
                         const HttpRequest& request) {
  return WithHeaders(ResponseTo(refusal), snapshot, request);
}

Response FailureResponse(const StreamFailure& failure, const Snapshot& snapshot,
                         const HttpRequest& request) {
  return WithHeaders(ErrorResponse(0, failure.status, failure.details_json), snapshot, request);
}

ResponseHead StreamHead(Format format, const Snapshot& snapshot, const HttpRequest& request) {
  ResponseHead head;
  head.headers.Add("Content-Type", std::string(MediaTypeOf(format)));
  head.headers.Add("Cache-Control", "no-store, no-transform");
  head.headers.Add("X-Accel-Buffering", "no");  // nginx holds answers back otherwise
  head.headers.Add("Vary", "Accept, Origin");
  snapshot.origins().AddHeaders(request, head.headers);
  return head;
}

}  // namespace sluice
