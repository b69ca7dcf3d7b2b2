// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sluice::demo {

// All demo services on one gRPC server, with reflection (v1 and v1alpha) and health. What
// `sluice-demo` runs, and the upstream of the integration tests.
//
// Threads: any.
class DemoServer final {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";
    bool reflection = true;
    absl::Duration upload_lifetime = absl::Minutes(30);
  };

  static absl::StatusOr<std::unique_ptr<DemoServer>> Start(const Options& options);
  // Cancels what runs and stops at once.
  ~DemoServer();
  DemoServer(const DemoServer&) = delete;
  DemoServer& operator=(const DemoServer&) = delete;

  int port() const;
  std::string target() const;  // `127.0.0.1:50051`

  // What the tests look at: streaming calls open now, unary calls that wait for their answer now
  // (`/demo.v1.Faults/Slow`), and calls of `method` (`/demo.v1.Tokens/Generate`) so far.
  int open_streams() const;
  int open_unary() const;
  int calls(const std::string& method) const;
  // Messages that were given to gRPC on streaming calls so far.
  long messages_sent() const;

 private:
  class Impl;
  explicit DemoServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::demo
