// SPDX-License-Identifier: Apache-2.0
#include "services/faults_service.h"

#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using ::demo::v1::ChatRequest;
using ::demo::v1::ChatResponse;
using ::demo::v1::CollectRequest;
using ::demo::v1::CollectResponse;
using ::demo::v1::EchoRequest;
using ::demo::v1::EchoResponse;
using ::demo::v1::Faults;
using ::demo::v1::FaultsEvent;
using ::demo::v1::Kinds;
using ::demo::v1::RunRequest;
using ::demo::v1::SlowRequest;
using ::demo::v1::SlowResponse;

TEST(FaultsCalls, RunFailsWithTheDetailsAskedFor) {
  Demo demo;
  grpc::ClientContext context;
  RunRequest request;
  request.set_fail_after(2);
  request.set_code(8);
  request.set_message("enough");
  request.set_detail("really");
  auto reader = Faults::NewStub(demo.channel)->Run(&context, request);
  FaultsEvent event;
  int count = 0;
  while (reader->Read(&event)) ++count;
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(count, 2);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(status.error_details().find("really"), std::string::npos);
}

TEST(FaultsCalls, RunSendsHeadersAtOnceWhenAsked) {
  Demo demo;
  grpc::ClientContext context;
  RunRequest request;
  request.set_send_headers(true);
  request.mutable_silence_before()->set_seconds(3600);
  auto reader = Faults::NewStub(demo.channel)->Run(&context, request);
  reader->WaitForInitialMetadata();
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(demo.Settles());
}

TEST(FaultsCalls, AHangingRunEndsWhenTheCallerGoes) {
  Demo demo;
  grpc::ClientContext context;
  RunRequest request;
  request.set_hang(true);
  auto reader = Faults::NewStub(demo.channel)->Run(&context, request);
  while (demo.server->open_streams() == 0) std::this_thread::yield();
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(demo.Settles());
}

TEST(FaultsCalls, AReaderThatDoesNotReadStopsTheService) {
  Demo demo;
  grpc::ClientContext context;
  const auto faults = Faults::NewStub(demo.channel);
  RunRequest request;
  request.set_size(64 * 1024);
  auto reader = faults->Run(&context, request);
  FaultsEvent event;
  ASSERT_TRUE(reader->Read(&event));
  // In the time in which another gets 2,000, it gets what fits into flow control windows and socket
  // buffers.
  grpc::ClientContext beside;
  request.set_count(2000);
  auto other = faults->Run(&beside, request);
  while (other->Read(&event)) {
  }
  EXPECT_TRUE(other->Finish().ok());
  EXPECT_LT(demo.server->messages_sent(), 3000);
  context.TryCancel();
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(demo.Settles());
}

TEST(FaultsCalls, RunCarriesMetadataBack) {
  Demo demo;
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "r1");
  context.AddMetadata("x-many", "1");
  context.AddMetadata("x-many", "2");
  context.AddMetadata("raw-bin", std::string("\x00\xff", 2));
  RunRequest request;
  request.set_echo_metadata(true);
  request.set_count(1);
  auto reader = Faults::NewStub(demo.channel)->Run(&context, request);
  FaultsEvent event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.metadata().at("x-request-id"), "r1");
  EXPECT_EQ(event.metadata().at("x-many"), "1,2");
  EXPECT_EQ(event.metadata().at("raw-bin"), "AP8=");
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST(FaultsCalls, EverythingEnds) {
  Demo demo;
  grpc::ClientContext context;
  auto reader = Faults::NewStub(demo.channel)->Everything(&context, {});
  Kinds kinds;
  int count = 0;
  while (reader->Read(&kinds)) ++count;
  EXPECT_EQ(count, 3);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST(FaultsCalls, EchoSaysWhatItWasTold) {
  Demo demo;
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", "t1");
  EchoRequest request;
  request.set_text("hello");
  EchoResponse response;
  ASSERT_TRUE(Faults::NewStub(demo.channel)->Echo(&context, request, &response).ok());
  EXPECT_EQ(response.request().text(), "hello");
  EXPECT_EQ(response.metadata().at("x-tenant"), "t1");
}

TEST(FaultsCalls, SlowAnswersLate) {
  Demo demo;
  grpc::ClientContext context;
  SlowRequest request;
  request.mutable_delay()->set_nanos(5'000'000);
  SlowResponse response;
  ASSERT_TRUE(Faults::NewStub(demo.channel)->Slow(&context, request, &response).ok());
  EXPECT_EQ(response.delay().nanos(), 5'000'000);
  EXPECT_TRUE(demo.Settles());
}

TEST(FaultsCalls, SlowFailsWithTheCodeAskedFor) {
  Demo demo;
  grpc::ClientContext context;
  SlowRequest request;
  request.set_code(10);
  request.set_message("again");
  SlowResponse response;
  const grpc::Status status = Faults::NewStub(demo.channel)->Slow(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "again");
}

TEST(FaultsCalls, SlowIsCancelledWhenTheCallerGoes) {
  Demo demo;
  grpc::ClientContext context;
  SlowRequest request;
  request.mutable_delay()->set_seconds(3600);
  SlowResponse response;
  std::thread caller([&] {
    EXPECT_EQ(Faults::NewStub(demo.channel)->Slow(&context, request, &response).error_code(),
              grpc::StatusCode::CANCELLED);
  });
  while (demo.server->open_unary() == 0) std::this_thread::yield();
  context.TryCancel();
  caller.join();
  EXPECT_TRUE(demo.Settles());
}

TEST(FaultsCalls, CollectCounts) {
  Demo demo;
  grpc::ClientContext context;
  CollectResponse response;
  auto writer = Faults::NewStub(demo.channel)->Collect(&context, &response);
  ASSERT_TRUE(writer->Write(CollectRequest()));
  ASSERT_TRUE(writer->Write(CollectRequest()));
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(response.count(), 2);
}

TEST(FaultsCalls, ChatSaysItBack) {
  Demo demo;
  grpc::ClientContext context;
  auto stream = Faults::NewStub(demo.channel)->Chat(&context);
  ChatRequest request;
  request.set_text("ping");
  ChatResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.text(), "ping");
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(demo.Settles());
}

}  // namespace
}  // namespace sluice::demo
