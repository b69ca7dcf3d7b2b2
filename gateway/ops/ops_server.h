// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sluice {

// The operators' port: one page a path, by GET and HEAD. cpp-httplib behind; a trusted port, never
// the browsers'.
//
// Bounds:  kThreads; one request a connection. The kernel keeps a connection that says nothing to
//          itself; one that begins a request has kReadTimeoutSeconds for each piece of it. What
//          comes while all threads are busy waits, up to kMaxWaiting; then accepting pauses.
// Threads: pages are called on threads of this server, concurrently. They must not wait for
//          anything.
class OpsServer final {
 public:
  static constexpr size_t kThreads = 8;
  static constexpr size_t kMaxWaiting = 64;
  static constexpr int kReadTimeoutSeconds = 1;

  struct Options {
    std::string host = "127.0.0.1";
    uint16_t port = 0;  // 0: a free one
  };

  struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
  };

  using Pages = std::map<std::string, std::function<Answer()>>;  // by path

  // Errors: what could not be bound.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(const Options& options, Pages pages);
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
