// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/grpc_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/upstream/grpc/grpc_transport.h"
#include "tests/unit/upstream/fake_service.h"
#include "tests/unit/upstream/reader.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A service that does as its script says, a transport to it, and a thread to be called on.
struct Scene {
  explicit Scene(Script script, GrpcTransport::Options options = {})
      : service([script](const FakeService::Request&) { return script; }),
        transport(options),
        upstream(transport.Connect(service.target())) {}

  FakeService service;
  GrpcTransport transport;
  std::unique_ptr<Upstream> upstream;
  ThreadExecutor executor;
};

Script Holding(std::vector<std::string> messages) {
  Script script;
  script.messages = std::move(messages);
  script.headers_first = true;
  script.after = Script::After::kHold;
  return script;
}

TEST(GrpcCall, TellsHeadersThenMessagesThenTheEndOnTheExecutorsThread) {
  Scene scene({.messages = {"a", "", "bc"}});
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_TRUE(reader.WaitForEnd().ok());
  EXPECT_THAT(reader.log(), ElementsAre("headers", "message", "message", "message", "end"));
  EXPECT_THAT(reader.messages(), ElementsAre("a", "", "bc"));
  EXPECT_FALSE(reader.on_wrong_thread());
}

TEST(GrpcCall, DoesNotTellHeadersWhereTheServiceRefusesAtOnce) {
  Scene scene({.status = grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not you")});
  for (int i = 0; i < 20; ++i) {
    Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
    const RpcStatus end = reader.WaitForEnd();
    EXPECT_EQ(end.code, absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(end.message, "not you");
    EXPECT_THAT(reader.log(), ElementsAre("end"));
  }
}

TEST(GrpcCall, TellsHeadersOfAServiceThatAcceptsAndStaysSilent) {
  Scene scene(Holding({}));
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  reader.WaitForHeaders();
  EXPECT_THAT(reader.log(), ElementsAre("headers"));
}

TEST(GrpcCall, CarriesMessagesOfEverySizeWhole) {
  Script script;
  script.slices = 7;
  for (size_t size : {0, 1, 5, 100, 4'000, 16'384, 65'535, 65'536, 70'000, 1'000'000}) {
    script.messages.emplace_back(size, static_cast<char>('a' + size % 26));
  }
  Scene scene(script);
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  EXPECT_TRUE(reader.WaitForEnd().ok());
  EXPECT_EQ(reader.messages(), script.messages);
}

TEST(GrpcCall, SendsTheRequestAndItsMetadata) {
  FakeService service([](const FakeService::Request&) { return Script{.messages = {"done"}}; });
  GrpcTransport transport({});
  const auto upstream = transport.Connect(service.target());
  ThreadExecutor executor;
  CallRequest request = RequestTo("/demo.v1.Room/Post", std::string("\x0a\x00\x01", 3));
  request.metadata = {{"x-tenant", "blue"}, {"token-bin", std::string("\0\xff", 2)}};
  Reader reader(*upstream, executor, {request});
  EXPECT_TRUE(reader.WaitForEnd().ok());
  const FakeService::Request seen = service.last_request();
  EXPECT_EQ(seen.path, "/demo.v1.Room/Post");
  EXPECT_EQ(seen.message, request.message);
  EXPECT_EQ(seen.metadata.find("x-tenant")->second, "blue");
  EXPECT_EQ(seen.metadata.find("token-bin")->second, std::string("\0\xff", 2));
}

TEST(GrpcCall, TellsCodeMessageAndDetailsOfAnErrorAfterTheMessages) {
  const std::string details("\x08\x05\x12\x00\xff", 5);
  Scene scene({.messages = {"one"},
               .status = grpc::Status(grpc::StatusCode::NOT_FOUND, "no \xc3\xa9", details)});
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  const RpcStatus end = reader.WaitForEnd();
  EXPECT_EQ(end.code, absl::StatusCode::kNotFound);
  EXPECT_EQ(end.message, "no \xc3\xa9");
  EXPECT_EQ(end.details, details);
  EXPECT_THAT(reader.log(), ElementsAre("headers", "message", "end"));
}

TEST(GrpcCall, TakesDetailsOfManyKilobytes) {
  const std::string details(20'000, 'd');
  Scene scene({.status = grpc::Status(grpc::StatusCode::INTERNAL, "trace", details)});
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  const RpcStatus end = reader.WaitForEnd();
  EXPECT_EQ(end.message, "trace");
  EXPECT_EQ(end.details, details);
}

TEST(GrpcCall, CallsACodeThatGrpcDoesNotKnowUnknown) {
  for (int code : {17, 99, -1}) {
    Scene scene({.status = grpc::Status(static_cast<grpc::StatusCode>(code), "odd")});
    Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
    EXPECT_EQ(reader.WaitForEnd().code, absl::StatusCode::kUnknown) << code;
  }
}

TEST(GrpcCall, EndsWithDeadlineExceededWhenTheTimeIsUp) {
  Scene scene(Holding({"first"}));
  CallRequest request = RequestTo("/demo.v1.Ticker/Watch");
  request.timeout = absl::Milliseconds(200);
  Reader reader(*scene.upstream, scene.executor, {request});
  EXPECT_EQ(reader.WaitForEnd().code, absl::StatusCode::kDeadlineExceeded);
}

TEST(GrpcCall, TakesATimeoutThatIsOverAlreadyOrLongerThanTimeItself) {
  Scene scene(Holding({"one"}));
  CallRequest request = RequestTo("/demo.v1.Ticker/Watch");
  request.timeout = -absl::InfiniteDuration();
  Reader late(*scene.upstream, scene.executor, {request});
  EXPECT_EQ(late.WaitForEnd().code, absl::StatusCode::kDeadlineExceeded);
  request.timeout = absl::Hours(24 * 365 * 400);
  Reader patient(*scene.upstream, scene.executor, {request});
  patient.WaitForMessages(1);
}

TEST(GrpcCall, EndsWithDataLossOverTheLimitOfAMessage) {
  Scene scene({.messages = {std::string(1'000, 'x'), std::string(1'001, 'x')}},
              {.max_message_bytes = 1'000});
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  const RpcStatus end = reader.WaitForEnd();
  EXPECT_EQ(end.code, absl::StatusCode::kDataLoss);
  EXPECT_EQ(end.lost, LostMessage::kTooLarge);
  EXPECT_EQ(
      end.message,
      "a message of the service is larger than the gateway takes: Received message larger than "
      "max (1001 vs. 1000)");
  EXPECT_THAT(reader.messages(), SizeIs(1));
}

// By its own bound: the request was too large for it.
TEST(GrpcCall, LeavesAServiceItsOwnRefusalOfAMessage) {
  for (const char* text : {"Received message larger than max (5000 vs. 4000)", "quota exceeded",
                           "grpc: received message larger than max (1001 vs. 999)"}) {
    Scene scene({.status = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, text)},
                {.max_message_bytes = 1'000});
    Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
    const RpcStatus end = reader.WaitForEnd();
    EXPECT_EQ(end.code, absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(end.message, text);
    EXPECT_EQ(end.lost, LostMessage::kNone);
  }
}

TEST(GrpcCall, TellsForHowLongTheServiceAsksToBeLeftAlone) {
  const auto end_with = [](const std::string& pushback, grpc::StatusCode code) {
    Script script;
    script.messages = {"a"};
    script.status = grpc::Status(code, "");
    script.trailers = {{"grpc-retry-pushback-ms", pushback}};
    Scene scene(script);
    Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
    return reader.WaitForEnd();
  };
  EXPECT_EQ(end_with("1500", grpc::StatusCode::UNAVAILABLE).retry_after, absl::Milliseconds(1500));
  EXPECT_FALSE(end_with("0", grpc::StatusCode::UNAVAILABLE).never_again);
  EXPECT_TRUE(end_with("-1", grpc::StatusCode::UNAVAILABLE).never_again);
  EXPECT_TRUE(end_with("soon", grpc::StatusCode::UNAVAILABLE).never_again);
  EXPECT_EQ(end_with("-1", grpc::StatusCode::UNAVAILABLE).retry_after, absl::ZeroDuration());
  EXPECT_FALSE(end_with("-1", grpc::StatusCode::OK).never_again);
}

TEST(GrpcCall, StopsTheServiceWhenNothingIsReleasedAndGoesOnAfterwards) {
  Script script = Holding({std::string(1'024, 'x')});
  script.again_and_again = true;
  Scene scene(script, {.window_bytes = 64 * 1024});
  Reader reader(*scene.upstream, scene.executor,
                {.request = RequestTo("/demo.v1.Ticker/Watch"), .release_at_once = false});
  reader.WaitForMessages(64);
  for (size_t more = 1; more <= 100; ++more) {
    EXPECT_THAT(reader.messages(), SizeIs(63 + more));
    reader.Release(1'024 + ReceivedBytes(""));
    reader.WaitForMessages(64 + more);
  }
  // What gRPC and the kernel hold on the way is not the call's, but it is not without end either.
  EXPECT_LT(scene.service.written(), 8'000u);
  reader.Release(64 * (1'024 + ReceivedBytes("")));
  reader.WaitForMessages(200);
}

TEST(GrpcCall, HoldsOneMessageOverItsWindowAtMost) {
  Script script = Holding({std::string(1'000'000, 'x')});
  script.again_and_again = true;
  Scene scene(script, {.window_bytes = 1});
  Reader reader(*scene.upstream, scene.executor,
                {.request = RequestTo("/demo.v1.Ticker/Watch"), .release_at_once = false});
  for (size_t count = 1; count < 20; ++count) {
    reader.WaitForMessages(count);
    EXPECT_THAT(reader.messages(), SizeIs(count));
    reader.Release(1'000'000 + ReceivedBytes(""));
  }
}

TEST(GrpcCall, BoundsMessagesWithoutBytesByTheirNumber) {
  Script script = Holding({""});
  script.again_and_again = true;
  Scene scene(script, {.window_bytes = 64 * 100});
  ManualExecutor executor;
  struct : Upstream::Observer {
    size_t messages = 0;
    void OnHeaders() override {}
    void OnMessage(absl::string_view) override { ++messages; }
    void OnEnd(const RpcStatus&) override {}
  } observer;
  auto call = scene.upstream->Open(RequestTo("/demo.v1.Ticker/Watch"), observer, executor);
  for (size_t turn = 0; turn < 50; ++turn) {
    const size_t before = observer.messages;
    executor.WaitForWork();
    executor.RunOne();
    EXPECT_LE(observer.messages - before, 100u);
    call->Release((observer.messages - before) * ReceivedBytes(""));
  }
  EXPECT_GT(observer.messages, 50u);
}

TEST(GrpcCall, CancelsTheRpcWithinASecondWhenDestroyed) {
  Scene scene(Holding({"one"}));
  Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  reader.WaitForMessages(1);
  reader.Close();
  EXPECT_TRUE(scene.service.WaitForCancelled(1, absl::Seconds(1)));
  EXPECT_THAT(reader.log(), ElementsAre("headers", "message"));
}

TEST(GrpcCall, CancelsTheRpcThatIsParked) {
  Script script = Holding({std::string(1'024, 'x')});
  script.again_and_again = true;
  Scene scene(script, {.window_bytes = 1});
  Reader reader(*scene.upstream, scene.executor,
                {.request = RequestTo("/demo.v1.Ticker/Watch"), .release_at_once = false});
  reader.WaitForMessages(1);
  reader.Close();
  EXPECT_TRUE(scene.service.WaitForCancelled(1, absl::Seconds(1)));
}

TEST(GrpcCall, TellsNothingAfterItWasDestroyedInTheMiddleOfABatch) {
  Script script = Holding({"x"});
  script.again_and_again = true;
  Scene scene(script);
  for (size_t count = 1; count < 20; ++count) {
    Reader reader(
        *scene.upstream, scene.executor,
        {.request = RequestTo("/demo.v1.Ticker/Watch"), .on_message = [count](Reader& self) {
           if (self.messages().size() == count) self.CloseFromCallback();
         }});
    reader.WaitForMessages(count);
    EXPECT_TRUE(scene.service.WaitForCancelled(count, absl::Seconds(5)));
    reader.Close();
    EXPECT_THAT(reader.messages(), SizeIs(count));
  }
}

TEST(GrpcCall, MayBeDestroyedBeforeAnythingHappened) {
  Scene scene({.messages = {"one"}});
  for (int i = 0; i < 50; ++i) {
    Reader reader(*scene.upstream, scene.executor, {RequestTo("/demo.v1.Ticker/Watch")});
  }
}

}  // namespace
}  // namespace sluice
