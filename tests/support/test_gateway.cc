// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_gateway.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/config/config_loader.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"

namespace sluice {
namespace {

EffectiveConfig Load(const std::string& yaml, const std::string& target) {
  static std::atomic<int> number{0};
  const std::string path =
      absl::StrCat(testing::TempDir(), "/sluice_", getpid(), "_", ++number, ".yaml");
  std::ofstream(path) << yaml;
  ConfigSources sources;
  sources.file = path;
  sources.flags = {{"--listen", "listen", "127.0.0.1:0"},
                   {"--ops-listen", "ops.listen", "127.0.0.1:0"},
                   {"--upstream", "upstreams.main.target", target}};
  Problems problems;
  std::optional<EffectiveConfig> config = LoadConfig(sources, problems);
  std::filesystem::remove(path);
  EXPECT_TRUE(config.has_value()) << ToText(problems);
  return config.value_or(EffectiveConfig{});
}

}  // namespace

TestGateway::TestGateway() : TestGateway(Options{}) {}

TestGateway::TestGateway(Options options) : options_(std::move(options)) {
  std::string target = options_.target;
  if (target.empty()) {
    StartService();
    target = service_->target();
    options_.service.listen = target;
    if (!options_.with_service) StopService();
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(Load(options_.yaml, target));
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  EXPECT_TRUE(!options_.with_service || WaitUntilReady());
}

TestGateway::~TestGateway() = default;

void TestGateway::StartService() {
  absl::StatusOr<std::unique_ptr<demo::DemoServer>> service =
      demo::DemoServer::Start(options_.service);
  EXPECT_TRUE(service.ok()) << service.status();
  service_ = *std::move(service);
}

bool TestGateway::WaitUntilReady() const {
  return Eventually(
      [this] { return HttpAnswer(ops_port(), {.target = "/readyz"}).status() == 200; },
      absl::Seconds(10));
}

bool TestGateway::WaitUntilNoStreams(absl::Duration timeout) {
  return Eventually([this] { return service_->open_streams() == 0; }, timeout);
}

uint64_t TestGateway::refused(const std::string& reason) {
  return server_->metrics().Value("relay_refused", reason);
}

int OpenDescriptors() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

}  // namespace sluice
