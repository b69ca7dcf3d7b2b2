// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/failure/stream_failures.h"

#include <string>

#include "gateway/transcode/event_fault.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(StreamFailures, AnUnreadableMessageIsTheEndForGood) {
  const RpcStatus end = UnreadableEnd(FaultError(EventFault::kNotUtf8, "at byte 3, x"));
  EXPECT_EQ(end.code, absl::StatusCode::kDataLoss);
  EXPECT_EQ(end.message, "at byte 3, x");
  EXPECT_NE(end.lost, LostMessage::kNone);
}

// A google.rpc.Status with a google.rpc.RetryInfo of 20 s.
std::string RetryInfoOf20Seconds() {
  const std::string url = "type.googleapis.com/google.rpc.RetryInfo";
  const std::string any = "\x0a" + std::string(1, static_cast<char>(url.size())) + url +
                          std::string("\x12\x04\x0a\x02\x08\x14", 6);
  return "\x1a" + std::string(1, static_cast<char>(any.size())) + any;
}

TEST(StreamFailures, ThePauseIsTheLongestThatTheServiceAsksFor) {
  EXPECT_EQ(ServicePause({}), absl::ZeroDuration());
  EXPECT_EQ(ServicePause({.details = RetryInfoOf20Seconds()}), absl::Seconds(20));
  EXPECT_EQ(ServicePause({.details = RetryInfoOf20Seconds(), .retry_after = absl::Seconds(5)}),
            absl::Seconds(20));
  EXPECT_EQ(ServicePause({.details = RetryInfoOf20Seconds(), .retry_after = absl::Seconds(50)}),
            absl::Seconds(50));
  EXPECT_EQ(ServicePause({.retry_after = absl::Hours(1000)}), kLongestServicePause);
  EXPECT_EQ(ServicePause({.retry_after = absl::Seconds(-5)}), absl::ZeroDuration());
}

}  // namespace
}  // namespace sluice
