// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "gateway/http/http_request.h"

namespace sluice {

// Which pages may read answers (CORS, WHATWG Fetch section 3.2). By default only those of the
// gateway's own origin.
//
// Threads: immutable; any.
class OriginPolicy final {
 public:
  struct Options {
    std::vector<std::string> origins;  // exact, or `*`
    bool credentials = false;
  };

  explicit OriginPolicy(const Options& options);

  // What the policy says of one request.
  enum class Verdict {
    kSame,     // no Origin, or the gateway's own: nothing to add
    kAllowed,  // AddHeaders lets the page read the answer
    kForeign,  // the page cannot read the answer
  };
  Verdict Judge(const HttpRequest& request) const;

  // True if the request must not be served: it comes from a foreign page and carries the user's
  // cookie. A browser sends such a request without asking first, so that not letting the page read
  // the answer would come too late for a unary method that changes something.
  bool Refuses(const HttpRequest& request) const;

  // Adds what an answer of any status needs. `Vary` is the caller's business.
  void AddHeaders(const HttpRequest& request, HeaderList& headers) const;

  // Adds what the answer to a preflight needs besides; `methods` as for Allow.
  void AddPreflightHeaders(const HttpRequest& request, absl::string_view methods,
                           HeaderList& headers) const;

 private:
  const bool any_origin_;
  const bool credentials_;
  const absl::flat_hash_set<std::string> origins_;
};

// True for the OPTIONS request with which a browser asks before it sends another.
bool IsPreflight(const HttpRequest& request);

}  // namespace sluice
