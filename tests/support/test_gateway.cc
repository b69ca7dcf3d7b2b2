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

// A configuration file that is there as long as this is, and the flags of a gateway under test.
class WrittenConfig final {
 public:
  WrittenConfig(const std::string& yaml, const std::string& target) {
    static std::atomic<int> number{0};
    const std::string path =
        absl::StrCat(testing::TempDir(), "/sluice_", getpid(), "_", ++number, ".yaml");
    std::ofstream(path) << yaml;
    sources_.file = path;
    sources_.flags = {{"--listen", "listen", "127.0.0.1:0"},
                      {"--ops-listen", "ops.listen", "127.0.0.1:0"},
                      {"--upstream", "upstreams.main.target", target}};
  }
  ~WrittenConfig() { std::filesystem::remove(*sources_.file); }

  const ConfigSources& sources() const { return sources_; }

 private:
  ConfigSources sources_;
};

EffectiveConfig Load(const std::string& yaml, const std::string& target) {
  const WrittenConfig written(yaml, target);
  Problems problems;
  std::optional<EffectiveConfig> config = LoadConfig(written.sources(), problems);
  EXPECT_TRUE(config.has_value()) << ToText(problems);
  return config.value_or(EffectiveConfig{});
}

}  // namespace

TestGateway::TestGateway() : TestGateway(Options{}) {}

TestGateway::TestGateway(Options options) : options_(std::move(options)) {
  target_ = options_.target;
  if (target_.empty()) {
    StartService();
    target_ = service_->target();
    options_.service.listen = target_;
    if (!options_.with_service) StopService();
  }
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(Load(options_.yaml, target_));
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

bool TestGateway::Reload(const std::string& yaml) {
  const Counter& applied = server_->metrics().GetCounter("reloads", "applied");
  const Counter& refused = server_->metrics().GetCounter("reloads", "refused");
  const uint64_t applied_before = applied.value();
  const uint64_t before = applied_before + refused.value();
  const WrittenConfig written(yaml, target_);
  server_->RequestReload(written.sources());
  EXPECT_TRUE(
      Eventually([&] { return applied.value() + refused.value() > before; }, absl::Seconds(30)));
  return applied.value() > applied_before;
}

std::string TestGateway::Page(const std::string& path) const {
  return HttpAnswer(ops_port(), {.target = path}).ReadBody();
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
