// SPDX-License-Identifier: Apache-2.0
#include "services/clock_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::WatchClockRequest;

const absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(ClockSource, TellsTheTimeAtOnceAndThenOnceAnInterval) {
  WatchClockRequest request;
  request.mutable_interval()->set_nanos(250'000'000);
  Source<::demo::v1::Time> source = ClockSource(request);
  EXPECT_EQ(MessageOf(source(kStart)).sequence(), 1);
  EXPECT_EQ(WaitOf(source(kStart)), kStart + absl::Milliseconds(250));
  EXPECT_EQ(MessageOf(source(kStart + absl::Milliseconds(250))).sequence(), 2);
}

TEST(ClockSource, WritesRfc3339) {
  Source<::demo::v1::Time> source = ClockSource({});
  const std::string now = MessageOf(source(kStart)).now();
  absl::Time parsed;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, now, &parsed, &error)) << now << ": " << error;
  EXPECT_EQ(now.size(), 24u) << now;
  EXPECT_EQ(now.back(), 'Z');
}

TEST(ClockSource, RefusesAnIntervalThatIsTooShort) {
  WatchClockRequest request;
  request.mutable_interval()->set_nanos(9'999'999);
  EXPECT_EQ(EndOf(ClockSource(request)(kStart)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(ClockCalls, StreamsUntilTheCallerGoes) {
  Demo demo;
  grpc::ClientContext context;
  WatchClockRequest request;
  request.mutable_interval()->set_nanos(10'000'000);
  auto reader = ::demo::v1::Clock::NewStub(demo.channel)->Watch(&context, request);
  ::demo::v1::Time time;
  for (int sequence = 1; sequence <= 3; ++sequence) {
    ASSERT_TRUE(reader->Read(&time));
    EXPECT_EQ(time.sequence(), sequence);
  }
  EXPECT_EQ(demo.server->open_streams(), 1);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(demo.Settles());
}

TEST(ClockCalls, CountTheWatchesThatRunAndAllThatThereWere) {
  Demo demo;
  const auto stub = ::demo::v1::Clock::NewStub(demo.channel);
  ::demo::v1::Time time;
  for (int call = 0; call < 2; ++call) {
    grpc::ClientContext ended;
    auto reader = stub->Watch(&ended, {});
    ASSERT_TRUE(reader->Read(&time));
    ended.TryCancel();
    reader->Finish();
  }
  ASSERT_TRUE(demo.Settles());
  grpc::ClientContext running;
  auto reader = stub->Watch(&running, {});
  ASSERT_TRUE(reader->Read(&time));
  grpc::ClientContext context;
  ::demo::v1::Watches watches;
  ASSERT_TRUE(stub->GetWatches(&context, {}, &watches).ok());
  EXPECT_EQ(watches.running(), 1);
  EXPECT_EQ(watches.total(), 3);
  running.TryCancel();
}

}  // namespace
}  // namespace sluice::demo
