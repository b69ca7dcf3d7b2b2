// SPDX-License-Identifier: Apache-2.0
#include "gateway/server/worker.h"

#include <atomic>
#include <memory>
#include <optional>

#include "gateway/server/schema_state.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace sluice {
namespace {

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    const auto snapshot = std::make_shared<const Snapshot>(
        Snapshot::Parts{.routes = SchemaState({}).BuildRoutes().table}, metrics_);
    EXPECT_TRUE(worker_.Listen({.host = "127.0.0.1"}, snapshot).ok());
  }

  FakeClock clock_;
  Metrics metrics_;
  const std::atomic<bool> ready_ = true;
  Worker worker_{clock_, metrics_, 10, ready_};
};

TEST_F(WorkerTest, OfALoopThatDoesNotComeRoundNobodyKnowsWhatIsActive) {
  EXPECT_EQ(worker_.CountActive(absl::Milliseconds(1)), std::nullopt);
  worker_.Start();
  EXPECT_EQ(worker_.CountActive(absl::Minutes(1)), 0u);
}

}  // namespace
}  // namespace sluice
