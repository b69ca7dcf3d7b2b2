// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tests/support/child_process.h"

namespace sluice {

// The demo services as a process of their own, which can be killed as a crash would.
class ServiceProcess final {
 public:
  // `binary` is the path of sluice-demo. Returns when it listens.
  explicit ServiceProcess(std::string binary);

  // Stays the same when it is started again.
  const std::string& target() const { return target_; }

  // By SIGKILL; returns when it is gone.
  void Kill() { process_.reset(); }
  void Start();

 private:
  const std::string binary_;
  std::string target_ = "127.0.0.1:0";
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace sluice
