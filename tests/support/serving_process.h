// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace sluice {

// `sluice` with these arguments.
std::vector<std::string> SluiceCommand(std::vector<std::string> arguments);

// `sluice serve` on free ports, as a process of its own. Returns when it listens, and, unless told
// otherwise, when it serves what its services have.
class ServingProcess final {
 public:
  enum class Until { kServing, kListening };

  // `arguments` are further flags: `--upstream`, `--config`.
  explicit ServingProcess(std::vector<std::string> arguments, Until until = Until::kServing);

  int port() const { return port_; }
  int ops_port() const { return ops_port_; }
  ChildProcess& process() { return process_; }

 private:
  ChildProcess process_;
  int port_ = 0;
  int ops_port_ = 0;
};

}  // namespace sluice
