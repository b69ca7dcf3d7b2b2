// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "gateway/server/server.h"
#include "services/demo_server.h"

namespace sluice {

// A whole gateway in this process, in front of the demo services on a real gRPC server, both on
// free ports of loopback.
class TestGateway final {
 public:
  struct Options {
    std::string yaml;  // further keys of the configuration: not listen, ops or upstreams
    demo::DemoServer::Options service;
    bool with_service = true;  // false: nobody answers at the service's address
    std::string target;        // not empty: a service elsewhere, and none here
  };

  // Returns when the gateway is ready (or, without a service, when it listens).
  TestGateway();
  explicit TestGateway(Options options);
  ~TestGateway();

  int port() const { return server_->port(); }
  int ops_port() const { return server_->ops_port(); }
  Server& server() { return *server_; }
  // REQUIRES: it runs, and is not elsewhere.
  demo::DemoServer& service() { return *service_; }

  // The service dies, and comes back at the same address.
  void StopService() { service_.reset(); }
  void StartService();

  // Reloads with these further keys; true if the reload was applied, false if it was refused.
  bool Reload(const std::string& yaml);

  // The body of a page of the operators' port.
  std::string Page(const std::string& path) const;

  // True when `/readyz` says so within ten seconds.
  bool WaitUntilReady() const;
  // True when no streaming RPC is open any more, within `timeout`.
  bool WaitUntilNoStreams(absl::Duration timeout = absl::Seconds(5));
  // The counter `relay_refused{reason}`.
  uint64_t refused(const std::string& reason);

 private:
  Options options_;
  std::unique_ptr<demo::DemoServer> service_;
  std::string target_;
  std::unique_ptr<Server> server_;
};

// Waits until `condition` holds, looking often; false after `timeout`.
template <typename Condition>
bool Eventually(Condition condition, absl::Duration timeout = absl::Seconds(5)) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

// Descriptors that this process holds.
int OpenDescriptors();

}  // namespace sluice
