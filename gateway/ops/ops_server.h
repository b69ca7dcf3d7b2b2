// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sluice {

// The operators' port: `/livez` (must the process be restarted?) and `/readyz` (may it get
// traffic?), each 200 or 503 with a JSON object, and `/status` (what runs). cpp-httplib behind; a
// trusted port, never the browsers'.
//
// Bounds:  a small pool of threads; a connection that says nothing for five seconds is closed.
// Threads: probes are called on threads of this server, concurrently. They must not wait for
// anything.
class OpsServer final {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    uint16_t port = 0;  // 0: a free one
  };

  struct Answer {
    bool fine = false;
    std::string json;
  };

  struct Probes {
    std::function<Answer()> live;
    std::function<Answer()> ready;
    std::function<Answer()> status;
  };

  // Errors: what could not be bound.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(const Options& options, Probes probes);
  ~OpsServer();
  OpsServer(const OpsServer&) = delete;
  OpsServer& operator=(const OpsServer&) = delete;

  uint16_t port() const;

 private:
  class Listening;
  explicit OpsServer(std::unique_ptr<Listening> listening);
  std::unique_ptr<Listening> listening_;
};

}  // namespace sluice
