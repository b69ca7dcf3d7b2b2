// SPDX-License-Identifier: Apache-2.0
#include "services/fault_source.h"

#include "demo/internal/wire.pb.h"
#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::FaultDetail;
using ::demo::v1::FaultsEvent;
using ::demo::v1::RunRequest;

const absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(FaultSource, RunsAsFastAsItIsAskedWhenNothingIsSaid) {
  Source<FaultsEvent> source = FaultSource({}, {});
  for (uint64_t sequence = 1; sequence <= 1000; ++sequence) {
    ASSERT_EQ(MessageOf(source(kStart)).sequence(), sequence);
  }
}

TEST(FaultSource, IsSilentBeforeAndBetween) {
  RunRequest request;
  request.mutable_silence_before()->set_seconds(5);
  request.mutable_silence_between()->set_seconds(2);
  Source<FaultsEvent> source = FaultSource(request, {});
  EXPECT_EQ(WaitOf(source(kStart)), kStart + absl::Seconds(5));
  EXPECT_EQ(MessageOf(source(kStart + absl::Seconds(5))).sequence(), 1u);
  EXPECT_EQ(WaitOf(source(kStart + absl::Seconds(5))), kStart + absl::Seconds(7));
}

TEST(FaultSource, KeepsItsRateAndCatchesUpOneSecondAtMost) {
  RunRequest request;
  request.set_rate(4);
  Source<FaultsEvent> source = FaultSource(request, {});
  EXPECT_EQ(MessageOf(source(kStart)).sequence(), 1u);
  EXPECT_EQ(WaitOf(source(kStart)), kStart + absl::Milliseconds(250));
  const absl::Time later = kStart + absl::Seconds(60);
  int sent = 0;
  while (std::holds_alternative<FaultsEvent>(source(later))) ++sent;
  EXPECT_EQ(sent, 6);
}

TEST(FaultSource, EndsAfterSoManyMessagesOfTheSizeAskedFor) {
  RunRequest request;
  request.set_count(2);
  request.set_size(30);
  Source<FaultsEvent> source = FaultSource(request, {});
  EXPECT_EQ(MessageOf(source(kStart)).payload(), "abcdefghijklmnopqrstuvwxyzabcd");
  EXPECT_EQ(MessageOf(source(kStart)).payload().size(), 30u);
  EXPECT_TRUE(EndOf(source(kStart)).ok());
}

TEST(FaultSource, FailsAfterSoManyMessagesWithDetails) {
  RunRequest request;
  request.set_fail_after(1);
  request.set_code(grpc::StatusCode::UNAVAILABLE);
  request.set_message("tired");
  request.set_detail("come back");
  Source<FaultsEvent> source = FaultSource(request, {});
  MessageOf(source(kStart));
  const grpc::Status status = EndOf(source(kStart));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "tired");
  wire::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 14);
  FaultDetail detail;
  ASSERT_TRUE(details.details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.text(), "come back");
}

TEST(FaultSource, FailsBeforeTheFirstMessageWithoutDetails) {
  RunRequest request;
  request.set_code(grpc::StatusCode::NOT_FOUND);
  const grpc::Status status = EndOf(FaultSource(request, {})(kStart));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_details(), "");
}

TEST(FaultSource, HangsForEver) {
  RunRequest request;
  request.set_hang(true);
  Source<FaultsEvent> source = FaultSource(request, {});
  EXPECT_EQ(WaitOf(source(kStart)), absl::InfiniteFuture());
  EXPECT_EQ(WaitOf(source(kStart + absl::Hours(1))), absl::InfiniteFuture());
}

TEST(FaultSource, ShowsTheMetadataOnceAndOnlyWhenAsked) {
  RunRequest request;
  EXPECT_TRUE(MessageOf(FaultSource(request, {{"a", "1"}})(kStart)).metadata().empty());
  request.set_echo_metadata(true);
  Source<FaultsEvent> source = FaultSource(request, {{"a", "1"}});
  EXPECT_EQ(MessageOf(source(kStart)).metadata().at("a"), "1");
  EXPECT_TRUE(MessageOf(source(kStart)).metadata().empty());
}

TEST(FaultSource, TheMalformedMessageDoesNotParseAndTheOthersDo) {
  RunRequest request;
  request.set_malformed_at(2);
  Source<FaultsEvent> source = FaultSource(request, {});
  FaultsEvent parsed;
  EXPECT_TRUE(parsed.ParseFromString(MessageOf(source(kStart)).SerializeAsString()));
  EXPECT_FALSE(parsed.ParseFromString(MessageOf(source(kStart)).SerializeAsString()));
  EXPECT_TRUE(parsed.ParseFromString(MessageOf(source(kStart)).SerializeAsString()));
}

TEST(FaultSource, PutsTheFaultThatIsAskedForIntoTheMalformedMessage) {
  for (const RunRequest::Fault fault : {RunRequest::BYTES, RunRequest::UTF8, RunRequest::DEPTH}) {
    RunRequest request;
    request.set_malformed_at(1);
    request.set_fault(fault);
    FaultsEvent parsed;
    EXPECT_FALSE(
        parsed.ParseFromString(MessageOf(FaultSource(request, {})(kStart)).SerializeAsString()))
        << fault;
  }
  RunRequest request;
  request.set_malformed_at(1);
  request.set_fault(RunRequest::TYPE);
  EXPECT_EQ(MessageOf(FaultSource(request, {})(kStart)).any().value(), "of");
  request.set_fault(RunRequest::VALUE);
  EXPECT_EQ(MessageOf(FaultSource(request, {})(kStart)).value().kind_case(), 0);
}

TEST(FaultSource, FailsWithTheDelayThatIsAskedFor) {
  RunRequest request;
  request.set_code(grpc::StatusCode::UNAVAILABLE);
  request.mutable_retry_delay()->set_seconds(5);
  wire::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(FaultStatus(request).error_details()));
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  wire::RetryInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.retry_delay().seconds(), 5);
}

TEST(FaultSource, RefusesWhatIsOutOfRangeByName) {
  const auto refusal = [](const RunRequest& request) {
    return EndOf(FaultSource(request, {})(kStart)).error_message();
  };
  RunRequest request;
  request.set_code(17);
  EXPECT_EQ(refusal(request), "code is 17; allowed are 0 to 16");
  request.set_detail(std::string(4097, 'd'));
  EXPECT_EQ(refusal(request), "bytes of detail is 4097; allowed are at most 4096");
  request.set_message(std::string(4097, 'm'));
  EXPECT_EQ(refusal(request), "bytes of message is 4097; allowed are at most 4096");
  request.set_text(std::string(65537, 't'));
  EXPECT_EQ(refusal(request), "bytes of text is 65537; allowed are at most 65536");
  request.set_size(64 * 1024 * 1024 + 1);
  EXPECT_EQ(refusal(request), "size is 67108865; allowed are at most 67108864");
  request.set_rate(1'000'001);
  EXPECT_EQ(refusal(request), "rate is 1000001; allowed are at most 1000000");

  RunRequest silent;
  silent.mutable_silence_before()->set_seconds(-1);
  EXPECT_EQ(refusal(silent), "silence_before is -1s; allowed are 0 to 24h");
}

}  // namespace
}  // namespace sluice::demo
