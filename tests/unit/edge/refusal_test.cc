// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Refusal, IsAnsweredAndClosed) {
  const struct {
    RefusalReason reason;
    absl::string_view name;
    int http_status;
  } kTable[] = {
      {RefusalReason::kBadRequest, "bad_request", 400},
      {RefusalReason::kBadVersion, "bad_version", 505},
      {RefusalReason::kBadTransferEncoding, "bad_transfer_encoding", 501},
      {RefusalReason::kBadMethod, "bad_method", 501},
      {RefusalReason::kBadExpectation, "bad_expectation", 417},
      {RefusalReason::kHeadTooLarge, "head_too_large", 431},
      {RefusalReason::kBodyTooLarge, "body_too_large", 413},
      {RefusalReason::kHeadTimeout, "head_timeout", 408},
      {RefusalReason::kBodyTimeout, "body_timeout", 408},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(NameOf(row.reason), row.name);
    const Response response = ResponseTo({row.reason, "why"});
    EXPECT_EQ(response.head.status, row.http_status);
    EXPECT_THAT(response.body, ::testing::HasSubstr("\"message\":\"why\""));
    EXPECT_TRUE(response.close);
  }
}

TEST(Refusal, IsCountedByItsName) {
  Metrics metrics;
  RefusalCounters counters(metrics);
  counters.Count(RefusalReason::kCloseTimeout);
  counters.Count(RefusalReason::kHeadTimeout);
  counters.Count(RefusalReason::kHeadTimeout);
  EXPECT_EQ(metrics.Value("edge_refused", "head_timeout"), 2u);
  EXPECT_EQ(metrics.Value("edge_refused", "close_timeout"), 1u);
  EXPECT_EQ(metrics.Value("edge_refused", "idle_timeout"), 0u);
}

}  // namespace
}  // namespace sluice
