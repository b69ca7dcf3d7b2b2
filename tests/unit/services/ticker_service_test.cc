// SPDX-License-Identifier: Apache-2.0
#include "services/ticker_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

TEST(TickerCalls, StreamsTheSymbolsAskedFor) {
  Demo demo;
  grpc::ClientContext context;
  ::demo::v1::WatchTickerRequest request;
  request.add_symbols("ACME");
  request.mutable_interval()->set_nanos(10'000'000);
  auto reader = ::demo::v1::Ticker::NewStub(demo.channel)->Watch(&context, request);
  ::demo::v1::Tick tick;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(reader->Read(&tick));
    EXPECT_EQ(tick.symbol(), "ACME");
    EXPECT_GT(tick.at().seconds(), 1'700'000'000);
  }
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(demo.server->calls("/demo.v1.Ticker/Watch"), 1);
}

}  // namespace
}  // namespace sluice::demo
