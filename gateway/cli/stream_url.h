// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// An http or https URL, taken apart for a request.
struct StreamUrl {
  bool tls = false;
  std::string host;  // an IPv6 address without its brackets
  int port = 80;
  std::string target;       // path and query, percent-encoded where a browser would; no fragment
  std::string credentials;  // `user:password`, decoded; empty: none

  // The Host header: the default port is left out.
  std::string Authority() const;
  // `http://host:8080`
  std::string Origin() const;
  // For people: without credentials.
  std::string ToString() const;
};

// Errors: INVALID_ARGUMENT that says what is wrong; it never quotes credentials.
absl::StatusOr<StreamUrl> ParseStreamUrl(absl::string_view text);

// Where a redirect from `from` leads. `location` may be relative to it. Credentials stay within
// their origin. Errors: as above.
absl::StatusOr<StreamUrl> ResolveRedirect(const StreamUrl& from, absl::string_view location);

}  // namespace sluice
