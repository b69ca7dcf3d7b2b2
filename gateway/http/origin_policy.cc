// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/origin_policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

constexpr absl::string_view kAllowedRequestHeaders =
    "Last-Event-ID, Authorization, Content-Type, Cache-Control, X-Request-Id, traceparent, "
    "tracestate";

// A browser leaves out the default port in both headers, so comparing them as text is enough, but
// for a proxy that adds it to Host. The scheme is not compared: TLS may end in front of the
// gateway.
bool IsOwnOrigin(absl::string_view origin, absl::string_view host) {
  absl::string_view default_port;
  if (absl::ConsumePrefix(&origin, "https://")) {
    default_port = ":443";
  } else if (absl::ConsumePrefix(&origin, "http://")) {
    default_port = ":80";
  } else {
    return false;
  }
  return absl::EqualsIgnoreCase(origin, host) ||
         absl::EqualsIgnoreCase(absl::StrCat(origin, default_port), host);
}

}  // namespace

OriginPolicy::OriginPolicy(const Options& options)
    : any_origin_(std::find(options.origins.begin(), options.origins.end(), "*") !=
                  options.origins.end()),
      credentials_(options.credentials),
      origins_(options.origins.begin(), options.origins.end()) {}

OriginPolicy::Verdict OriginPolicy::Judge(const HttpRequest& request) const {
  const std::optional<absl::string_view> origin = request.headers.Find("origin");
  if (!origin.has_value()) return Verdict::kSame;
  if (origins_.contains(*origin)) return Verdict::kAllowed;
  const std::optional<absl::string_view> host = request.headers.Find("host");
  if (host.has_value() && IsOwnOrigin(*origin, *host)) return Verdict::kSame;
  return any_origin_ ? Verdict::kAllowed : Verdict::kForeign;
}

bool OriginPolicy::Refuses(const HttpRequest& request) const {
  return Judge(request) == Verdict::kForeign && request.headers.Find("cookie").has_value();
}

void OriginPolicy::AddHeaders(const HttpRequest& request, HeaderList& headers) const {
  if (Judge(request) != Verdict::kAllowed) return;
  if (any_origin_ && !credentials_) {
    headers.Add("Access-Control-Allow-Origin", "*");
    return;
  }
  headers.Add("Access-Control-Allow-Origin", std::string(*request.headers.Find("origin")));
  if (credentials_) headers.Add("Access-Control-Allow-Credentials", "true");
}

void OriginPolicy::AddPreflightHeaders(const HttpRequest& request, absl::string_view methods,
                                       HeaderList& headers) const {
  if (Judge(request) != Verdict::kAllowed) return;
  headers.Add("Access-Control-Allow-Methods", std::string(methods));
  headers.Add("Access-Control-Allow-Headers", std::string(kAllowedRequestHeaders));
  headers.Add("Access-Control-Max-Age", "600");
}

bool IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.headers.Find("origin").has_value() &&
         request.headers.Find("access-control-request-method").has_value();
}

}  // namespace sluice
