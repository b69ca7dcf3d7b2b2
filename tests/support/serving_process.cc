// SPDX-License-Identifier: Apache-2.0
#include "tests/support/serving_process.h"

#include <cstdlib>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

std::vector<std::string> ServeCommand(std::vector<std::string> arguments) {
  std::vector<std::string> all = {"serve", "--listen", "127.0.0.1:0", "--ops-listen",
                                  "127.0.0.1:0"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return SluiceCommand(std::move(all));
}

int NumberBehind(const std::string& text, absl::string_view words) {
  const size_t at = text.find(std::string(words));
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + words.size());
}

}  // namespace

std::vector<std::string> SluiceCommand(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), SLUICE_BINARY);
  return arguments;
}

ServingProcess::ServingProcess(std::vector<std::string> arguments, Until until)
    : process_(ServeCommand(std::move(arguments))) {
  EXPECT_TRUE(process_.WaitForOutput("for operators on port")) << process_.output();
  EXPECT_TRUE(process_.WaitForOutput("\n"));
  port_ = NumberBehind(process_.output(), "listening on port ");
  ops_port_ = NumberBehind(process_.output(), "for operators on port ");
  if (until == Until::kServing) {
    EXPECT_TRUE(process_.WaitForOutput("serving ")) << process_.output();
  }
}

}  // namespace sluice
