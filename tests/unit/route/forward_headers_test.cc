// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/forward_headers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ForwardHeaders, AreTheUsualOnesUnlessToldOtherwise) {
  EXPECT_THAT(UsualForwardHeaders(), ElementsAre("authorization", "traceparent", "tracestate",
                                                 "x-request-id", "accept-language"));
  for (const std::string& name : UsualForwardHeaders()) EXPECT_TRUE(ForwardHeader(name).ok());
}

TEST(ForwardHeaders, OfASharedStreamAreThoseThatDecideWhoMaySeeIt) {
  EXPECT_THAT(SharedForwardHeaders(), ElementsAre("authorization"));
}

TEST(ForwardHeaders, AreWrittenInLowerCase) {
  EXPECT_EQ(*ForwardHeader("X-Tenant"), "x-tenant");
  EXPECT_EQ(*ForwardHeader("Cookie"), "cookie");
  EXPECT_EQ(*ForwardHeader("x_a.b-BIN"), "x_a.b-bin");
}

TEST(ForwardHeaders, RefuseWhatGrpcDoesNotTake) {
  const char* const cases[][2] = {
      {"", "is empty"},
      {"x tenant", "holds a byte that gRPC does not take"},
      {":path", "holds a byte"},
      {"x-\xc3\xa4", "holds a byte"},
      {"x\n", "\"x\\n\" holds a byte"},
      {"GRPC-Timeout", "is gRPC's own"},
      {"Host", "belongs to the connection"},
      {"te", "belongs to the connection"},
      {"Connection", "belongs to the connection"},
      {"content-type", "belongs to the connection"},
      {"content-length", "belongs to the connection"},
      {"transfer-encoding", "belongs to the connection"},
      {"user-agent", "belongs to the connection"},
      {"X-Forwarded-For", "is written by Sluice itself"},
      {"Last-Event-ID", "is written by Sluice itself"},
  };
  for (const auto& [name, wrong] : cases) {
    const absl::StatusOr<std::string> header = ForwardHeader(name);
    ASSERT_FALSE(header.ok()) << name;
    EXPECT_EQ(header.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(header.status().message()), HasSubstr(wrong));
  }
  EXPECT_FALSE(ForwardHeader(std::string(100'000, 'a')).ok());
}

TEST(MetadataOfParameter, IsTheNameInLowerCase) {
  EXPECT_EQ(*MetadataOfParameter("tenant"), "tenant");
  EXPECT_EQ(*MetadataOfParameter("X-Tenant"), "x-tenant");
  EXPECT_EQ(*MetadataOfParameter("authorization"), "authorization");
  EXPECT_EQ(*MetadataOfParameter("token-bin"), "token-bin");
}

TEST(MetadataOfParameter, RefusesWhatGrpcDoesNotTakeAndWhatIsSluicesOwn) {
  const char* const cases[][2] = {
      {"", "query_metadata: \"\" is empty"},
      {"a b", "holds a byte that gRPC does not take"},
      {"a[b]", "holds a byte that gRPC does not take"},
      {"grpc-timeout", "is gRPC's own"},
      {"Host", "belongs to the connection"},
      {"X-Forwarded-For", "is written by Sluice itself"},
      {"last-event-id", "is written by Sluice itself"},
      {"x-request-id", "is written by Sluice itself"},
      {"lastEventId", "is a parameter that Sluice reads itself"},
      {"alt", "is a parameter that Sluice reads itself"},
      {"event", "is a parameter that Sluice reads itself"},
  };
  for (const auto& [name, wrong] : cases) {
    const absl::StatusOr<std::string> key = MetadataOfParameter(name);
    ASSERT_FALSE(key.ok()) << name;
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(key.status().message()), HasSubstr(wrong));
  }
}

}  // namespace
}  // namespace sluice
