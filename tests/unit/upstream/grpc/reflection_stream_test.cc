// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/grpc/reflection_stream.h"

#include <grpc/support/time.h>
#include <gtest/gtest.h>

#include <string>

#include "gateway/upstream/grpc/channel.h"
#include "tests/unit/upstream/fake_service.h"

namespace sluice {
namespace {

ReflectionStream::Options Within(int64_t millis) {
  return {"/a.B/C",
          gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(millis, GPR_TIMESPAN))};
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target) {
  return ChannelMaker({1'000'000, 10'000'000}).Make(target);
}

std::string AnswerNaming(const std::string& service) {
  internal::ReflectionResponse answer;
  answer.mutable_list_services_response()->add_service()->set_name(service);
  return answer.SerializeAsString();
}

TEST(ReflectionStream, AsksManyTimesInOneRpc) {
  FakeService service([](const FakeService::Request& request) {
    internal::ReflectionRequest question;
    question.ParseFromString(request.message);
    return Script{.messages = {AnswerNaming(question.file_containing_symbol())},
                  .after = Script::After::kListen};
  });
  const auto channel = ChannelTo(service.target());
  ReflectionStream stream(channel, Within(10'000));
  for (const char* name : {"a.A", "b.B", "c.C"}) {
    internal::ReflectionRequest question;
    question.set_file_containing_symbol(name);
    const auto answer = stream.Ask(question);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->list_services_response().service(0).name(), name);
  }
  EXPECT_EQ(service.opened(), 1u);
}

TEST(ReflectionStream, GivesTheStatusOfTheRpcAndCannotBeAskedAgain) {
  FakeService service([](const FakeService::Request&) {
    return Script{.status = grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no")};
  });
  ReflectionStream stream(ChannelTo(service.target()), Within(10'000));
  EXPECT_EQ(stream.Ask({}).status(), absl::PermissionDeniedError("no"));
  EXPECT_EQ(stream.Ask({}).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ReflectionStream, CallsAnEndWithoutAnAnswerUnknown) {
  FakeService service([](const FakeService::Request&) { return Script{}; });
  ReflectionStream stream(ChannelTo(service.target()), Within(10'000));
  EXPECT_EQ(stream.Ask({}).status().code(), absl::StatusCode::kUnknown);
}

TEST(ReflectionStream, CallsBytesThatDoNotParseInternal) {
  FakeService service(
      [](const FakeService::Request&) { return Script{.messages = {"\xff\xff\xff"}}; });
  ReflectionStream stream(ChannelTo(service.target()), Within(10'000));
  EXPECT_EQ(stream.Ask({}).status().code(), absl::StatusCode::kInternal);
}

TEST(ReflectionStream, GivesUpAtItsDeadline) {
  FakeService service(
      [](const FakeService::Request&) { return Script{.after = Script::After::kHold}; });
  ReflectionStream stream(ChannelTo(service.target()), Within(100));
  EXPECT_EQ(stream.Ask({}).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(ReflectionStream, GivesUpAtItsDeadlineWhereNothingAnswers) {
  DeadPort port(DeadPort::Kind::kSilent);
  ReflectionStream stream(ChannelTo(port.target()), Within(100));
  EXPECT_EQ(stream.Ask({}).status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace sluice
