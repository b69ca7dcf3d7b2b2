// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/refusal_response.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gateway/http/error_response.h"

namespace sluice {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(3);

std::string WholeSeconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1))));
}

Response WithHeaders(Response response, const Snapshot& snapshot, const HttpRequest& request,
                     std::optional<absl::Duration> retry_after = kRetryAfter) {
  HeaderList& headers = response.head.headers;
  const bool may_pass = response.head.status == 429 || response.head.status == 503;
  if (may_pass && retry_after.has_value()) {
    headers.Add("Retry-After", WholeSeconds(*retry_after));
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
  std::optional<absl::Duration> retry_after = std::max(kRetryAfter, failure.service_pause);
  if (failure.status.never_again) retry_after.reset();
  return WithHeaders(ErrorResponse(0, failure.status, failure.details_json), snapshot, request,
                     retry_after);
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
