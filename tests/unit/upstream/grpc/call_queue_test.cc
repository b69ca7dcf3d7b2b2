// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/call_queue.h"

#include <gtest/gtest.h>

#include <memory>

#include "gateway/upstream/grpc/grpc_transport.h"
#include "tests/unit/upstream/fake_service.h"
#include "tests/unit/upstream/reader.h"

namespace sluice {
namespace {

class SilentObserver final : public Upstream::Observer {
 public:
  void OnHeaders() override { FAIL(); }
  void OnMessage(absl::string_view) override { FAIL(); }
  void OnEnd(const RpcStatus&) override { FAIL(); }
};

TEST(CallQueue, GivesTheCallsOfAnExecutorOneMailbox) {
  CallQueue queue;
  ManualExecutor first;
  ManualExecutor second;
  const auto mailbox = queue.Attach(first);
  EXPECT_EQ(queue.Attach(first), mailbox);
  EXPECT_NE(queue.Attach(second), mailbox);
  queue.Detach(first);
  EXPECT_EQ(queue.Attach(first), mailbox);
}

TEST(CallQueue, ForgetsAnExecutorWithItsLastCall) {
  CallQueue queue;
  ManualExecutor executor;
  const auto mailbox = queue.Attach(executor);
  queue.Detach(executor);
  EXPECT_NE(queue.Attach(executor), mailbox);
}

TEST(CallQueue, LeavesNothingBehindWhenTheExecutorNeverRuns) {
  FakeService service([](const FakeService::Request&) {
    return Script{.messages = {"one", "two"}, .again_and_again = true};
  });
  SilentObserver observer;
  auto executor = std::make_unique<ManualExecutor>();
  {
    GrpcTransport transport({});
    const auto upstream = transport.Connect(service.target());
    auto first = upstream->Open(RequestTo("/a.B/C"), observer, *executor);
    auto second = upstream->Open(RequestTo("/a.B/C"), observer, *executor);
    executor->WaitForWork();
    first.reset();
    second.reset();
  }
  while (executor->waiting() > 0) executor->RunOne();
}

TEST(CallQueue, LetsTheExecutorGoBeforeWhatWasPostedHasRun) {
  FakeService service([](const FakeService::Request&) {
    return Script{.messages = {"one"}, .again_and_again = true};
  });
  GrpcTransport transport({});
  const auto upstream = transport.Connect(service.target());
  SilentObserver observer;
  for (int i = 0; i < 20; ++i) {
    ManualExecutor executor;
    auto call = upstream->Open(RequestTo("/a.B/C"), observer, executor);
    if (i % 2 == 0) executor.WaitForWork();
  }
}

}  // namespace
}  // namespace sluice
