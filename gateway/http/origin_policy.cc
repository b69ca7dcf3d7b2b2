// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/origin_policy.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

constexpr absl::string_view kAllowedRequestHeaders =
    "Last-Event-ID, Authorization, Content-Type, Cache-Control, X-Request-Id, traceparent, "
    "tracestate";
// Of ours, what a page cannot read unless it is named.
constexpr absl::string_view kExposedHeaders = "X-Request-Id, Retry-After, traceparent";

constexpr absl::string_view kWildcard = "*.";

// The labels that stand for the `*` of a pattern, and nothing that would end a host.
bool AreLabels(absl::string_view text) {
  const auto is_label_char = [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), is_label_char);
}

// True if every field of that name says so, and there is one.
bool AllSay(const HeaderList& headers, absl::string_view name, absl::string_view value) {
  bool any = false;
  for (const HeaderList::Field& field : headers.fields()) {
    if (field.name != name) continue;
    if (field.value != value) return false;
    any = true;
  }
  return any;
}

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
      trusted_proxies_(options.trusted_proxies) {
  for (const std::string& origin : options.origins) {
    const size_t host = origin.find("://") + 3;
    if (absl::StartsWith(absl::ClippedSubstr(origin, host), kWildcard)) {
      patterns_.push_back({.scheme = origin.substr(0, host), .suffix = origin.substr(host + 1)});
    } else {
      origins_.insert(origin);
    }
  }
}

bool OriginPolicy::IsListed(absl::string_view origin) const {
  if (origins_.contains(origin)) return true;
  for (const Pattern& pattern : patterns_) {
    absl::string_view labels = origin;
    if (absl::ConsumePrefix(&labels, pattern.scheme) &&
        absl::ConsumeSuffix(&labels, pattern.suffix) && AreLabels(labels)) {
      return true;
    }
  }
  return false;
}

bool OriginPolicy::IsOwn(absl::string_view origin, const HttpRequest& request) const {
  const std::optional<absl::string_view> host = request.headers.Find("host");
  if (host.has_value() && IsOwnOrigin(origin, *host)) return true;
  // Browsers set it themselves, and no page can.
  if (AllSay(request.headers, "sec-fetch-site", "same-origin")) return true;
  const auto is_peer = [&request](const IpNetwork& network) {
    return network.Contains(request.peer_address);
  };
  if (std::none_of(trusted_proxies_.begin(), trusted_proxies_.end(), is_peer)) return false;
  // What stands before the last element is what somebody told the proxy.
  const std::string forwarded_host = request.headers.Joined("x-forwarded-host");
  return !forwarded_host.empty() && IsOwnOrigin(origin, LastElement(forwarded_host));
}

OriginPolicy::Verdict OriginPolicy::Judge(const HttpRequest& request) const {
  const std::optional<absl::string_view> origin = request.headers.Find("origin");
  if (!origin.has_value()) return Verdict::kSame;
  // A browser sends one. Of two, each reader could believe another.
  if (!AllSay(request.headers, "origin", *origin)) return Verdict::kForeign;
  if (IsListed(*origin)) return Verdict::kAllowed;
  if (IsOwn(*origin, request)) return Verdict::kSame;
  return any_origin_ ? Verdict::kAllowed : Verdict::kForeign;
}

bool OriginPolicy::Refuses(const HttpRequest& request) const {
  return Judge(request) == Verdict::kForeign && request.headers.Find("cookie").has_value();
}

void OriginPolicy::AddHeaders(const HttpRequest& request, HeaderList& headers) const {
  if (Judge(request) != Verdict::kAllowed) return;
  headers.Add("Access-Control-Expose-Headers", std::string(kExposedHeaders));
  if (any_origin_ && !credentials_) {
    headers.Add("Access-Control-Allow-Origin", "*");
    return;
  }
  headers.Add("Access-Control-Allow-Origin", std::string(*request.headers.Find("origin")));
  if (credentials_) headers.Add("Access-Control-Allow-Credentials", "true");
}

void OriginPolicy::AddPreflightHeaders(const HttpRequest& request, const Allowed& allowed,
                                       HeaderList& headers) const {
  if (Judge(request) != Verdict::kAllowed) return;
  std::string names(kAllowedRequestHeaders);
  const std::string always = absl::AsciiStrToLower(names);
  const std::vector<absl::string_view> known = absl::StrSplit(always, ", ");
  for (const std::string& name : allowed.request_headers) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      absl::StrAppend(&names, ", ", name);
    }
  }
  headers.Add("Access-Control-Allow-Methods", std::string(allowed.methods));
  headers.Add("Access-Control-Allow-Headers", std::move(names));
  headers.Add("Access-Control-Max-Age", "600");
}

bool IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.headers.Find("origin").has_value() &&
         request.headers.Find("access-control-request-method").has_value();
}

}  // namespace sluice
