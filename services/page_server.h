// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice::demo {

// Serves the demo page, on a port of its own, so that the page is of another origin than the
// gateway.
//
// Bounds:  a few threads, one request a connection; a connection that is silent is closed.
// Threads: any. Starts its own.
class PageServer final {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8081";  // HOST:PORT; port 0: any
    // Where the page finds the gateway: its origin, and its base path where it has one.
    std::string gateway = "http://127.0.0.1:8080";
  };

  // Errors: INVALID_ARGUMENT for options that do not parse; UNAVAILABLE where it cannot listen.
  static absl::StatusOr<std::unique_ptr<PageServer>> Start(const Options& options);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  std::string url() const;  // `http://127.0.0.1:8081`

 private:
  class Listening;
  explicit PageServer(std::unique_ptr<Listening> listening);
  std::unique_ptr<Listening> listening_;
};

// `http://HOST[:PORT]` or https, as browsers write origins: no path, no user.
absl::StatusOr<std::string> ParseOrigin(absl::string_view text);

// `http://HOST[:PORT][/PATH]` in its parts.
struct GatewayUrl {
  std::string origin;
  std::string base_path;  // `/api`; empty: none
};
absl::StatusOr<GatewayUrl> ParseGatewayUrl(absl::string_view text);

}  // namespace sluice::demo
