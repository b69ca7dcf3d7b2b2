// SPDX-License-Identifier: Apache-2.0
#include "services/demo_server.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "demo/internal/wire.pb.h"
#include "demo/v1/clock.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "tests/unit/services/demo_calls.h"

namespace sluice::demo {
namespace {

using grpc::ByteBuffer;

// One message there and one back, on a method known by name only.
struct Exchange {
  grpc::Status status;
  std::string answer;
};

Exchange Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const std::string& question) {
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  grpc::Slice slice(question);
  ByteBuffer sent(&slice, 1);
  ByteBuffer received;
  Exchange exchange;
  auto call = grpc::GenericStub(channel).PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  if (wait()) {
    call->Write(sent, nullptr);
    wait();
    call->WritesDone(nullptr);
    wait();
    call->Read(&received, nullptr);
    grpc::Slice answer;
    if (wait() && received.DumpToSingleSlice(&answer).ok()) {
      exchange.answer.assign(reinterpret_cast<const char*>(answer.begin()), answer.size());
    }
  }
  call->Finish(&exchange.status, nullptr);
  wait();
  return exchange;
}

std::string ListServices() {
  wire::ReflectionRequest request;
  request.set_list_services("");
  return request.SerializeAsString();
}

TEST(DemoServerCalls, ReflectsAllServicesInBothVersions) {
  Demo demo;
  for (const char* version : {"v1", "v1alpha"}) {
    const Exchange exchange =
        Ask(demo.channel,
            absl::StrCat("/grpc.reflection.", version, ".ServerReflection/ServerReflectionInfo"),
            ListServices());
    ASSERT_TRUE(exchange.status.ok()) << exchange.status.error_message();
    wire::ReflectionResponse response;
    ASSERT_TRUE(response.ParseFromString(exchange.answer));
    std::vector<std::string> names;
    for (const auto& service : response.services().service()) names.push_back(service.name());
    EXPECT_EQ(names,
              (std::vector<std::string>{"demo.v1.Clock", "demo.v1.Faults", "demo.v1.Room",
                                        "demo.v1.Ticker", "demo.v1.Tokens", "demo.v1.Uploads"}));
  }
}

TEST(DemoServerCalls, IsHealthy) {
  Demo demo;
  const Exchange exchange = Ask(demo.channel, "/grpc.health.v1.Health/Check", "");
  EXPECT_TRUE(exchange.status.ok()) << exchange.status.error_message();
  EXPECT_EQ(exchange.answer, std::string("\x08\x01", 2)) << "SERVING";
}

TEST(DemoServerCalls, AMethodThatDoesNotExistIsUnimplemented) {
  Demo demo;
  const Exchange exchange = Ask(demo.channel, "/demo.v1.Nothing/Here", "");
  EXPECT_EQ(exchange.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(WithoutReflection, ReflectionIsUnimplemented) {
  Demo demo({.reflection = false});
  const Exchange exchange = Ask(
      demo.channel, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", ListServices());
  EXPECT_EQ(exchange.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(DemoServerCalls, APortThatIsTakenIsRefusedByName) {
  Demo demo;
  const auto second = DemoServer::Start({.listen = demo.server->target()});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(second.status().message(), demo.server->target()))
      << second.status();
}

TEST(DemoServerCalls, StopsAtOnceWhileStreamsRun) {
  Demo demo;
  grpc::ClientContext context;
  auto reader =
      ::demo::v1::Clock::NewStub(demo.channel)->Watch(&context, ::demo::v1::WatchClockRequest());
  ::demo::v1::Time time;
  ASSERT_TRUE(reader->Read(&time));
  demo.server.reset();
  while (reader->Read(&time)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
}

}  // namespace
}  // namespace sluice::demo
