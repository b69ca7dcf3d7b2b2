// SPDX-License-Identifier: Apache-2.0
#include "tests/support/service_process.h"

#include <utility>

#include "gtest/gtest.h"

namespace sluice {

ServiceProcess::ServiceProcess(std::string binary) : binary_(std::move(binary)) { Start(); }

void ServiceProcess::Start() {
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{binary_, "--listen", target_, "--page-listen", "127.0.0.1:0"});
  constexpr char kBefore[] = "services on ";
  EXPECT_TRUE(process_->WaitForOutput("\npage on ", absl::Seconds(30))) << process_->output();
  const std::string& output = process_->output();
  const size_t begin = output.find(kBefore) + sizeof(kBefore) - 1;
  target_ = output.substr(begin, output.find('\n', begin) - begin);
}

}  // namespace sluice
