// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "gateway/http/forwarded_for.h"
#include "gateway/http/http_request.h"

namespace sluice {

// Which pages may read answers (CORS, WHATWG Fetch section 3.2). By default only those of the
// gateway's own origin: the page's Origin names the host of the request, or the host that a trusted
// proxy was asked for, or the browser itself says so (`Sec-Fetch-Site: same-origin`).
//
// Threads: immutable; any.
class OriginPolicy final {
 public:
  struct Options {
    // Exact (`https://app.example.com`), with one or more labels left open
    // (`https://*.example.com`), or `*`.
    std::vector<std::string> origins;
    bool credentials = false;
    // Peers whose X-Forwarded-Host is believed to be the host that the page was loaded from.
    std::vector<IpNetwork> trusted_proxies = {};
  };

  explicit OriginPolicy(const Options& options);

  // What the policy says of one request.
  enum class Verdict {
    kSame,     // no Origin, or the gateway's own: nothing to add
    kAllowed,  // AddHeaders lets the page read the answer
    kForeign,  // the page cannot read the answer; also of several origins that differ
  };
  Verdict Judge(const HttpRequest& request) const;

  // True if the request must not be served: it comes from a foreign page and carries the user's
  // cookie. A browser sends such a request without asking first, so that not letting the page read
  // the answer would come too late for a unary method that changes something.
  bool Refuses(const HttpRequest& request) const;

  // Adds what an answer of any status needs. `Vary` is the caller's business.
  void AddHeaders(const HttpRequest& request, HeaderList& headers) const;

  // What may be asked of a path.
  struct Allowed {
    absl::string_view methods;                 // as for Allow
    std::vector<std::string> request_headers;  // beside those that every route takes; lower case
  };
  // Adds what the answer to a preflight needs besides.
  void AddPreflightHeaders(const HttpRequest& request, const Allowed& allowed,
                           HeaderList& headers) const;

 private:
  // `https://*.example.com:8443` in its parts.
  struct Pattern {
    std::string scheme;  // `https://`
    std::string suffix;  // `.example.com:8443`
  };

  bool IsListed(absl::string_view origin) const;
  bool IsOwn(absl::string_view origin, const HttpRequest& request) const;

  const bool any_origin_;
  const bool credentials_;
  const std::vector<IpNetwork> trusted_proxies_;
  absl::flat_hash_set<std::string> origins_;
  std::vector<Pattern> patterns_;
};

// True for the OPTIONS request with which a browser asks before it sends another.
bool IsPreflight(const HttpRequest& request);

}  // namespace sluice
