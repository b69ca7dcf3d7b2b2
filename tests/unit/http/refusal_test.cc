// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice {
namespace {

TEST(Refusal, HasANameAndAStatus) {
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
      {RefusalReason::kForeignOrigin, "foreign_origin", 403},
      {RefusalReason::kUnknownPath, "unknown_path", 404},
      {RefusalReason::kNotExposed, "not_exposed", 404},
      {RefusalReason::kNotServed, "not_served", 404},
      {RefusalReason::kSchemaPending, "schema_pending", 503},
      {RefusalReason::kMethodNotAllowed, "method_not_allowed", 405},
      {RefusalReason::kNotAcceptable, "not_acceptable", 406},
      {RefusalReason::kBadParameter, "bad_parameter", 400},
      {RefusalReason::kBadBody, "bad_body", 400},
      {RefusalReason::kBadHeader, "bad_header", 400},
      {RefusalReason::kUnsupportedMediaType, "unsupported_media_type", 415},
      {RefusalReason::kMissingField, "missing_field", 400},
      {RefusalReason::kTooManyConnections, "too_many_connections", 503},
      {RefusalReason::kTooManyTopics, "too_many_topics", 503},
      {RefusalReason::kDrain, "drain", 503},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(NameOf(row.reason), row.name);
    EXPECT_EQ(IsTransient(row.reason), row.http_status == 503);
    const Response response = ResponseTo({row.reason, "why"});
    EXPECT_EQ(response.head.status, row.http_status);
    EXPECT_THAT(response.body, ::testing::HasSubstr("\"message\":\"why\""));
  }
}

TEST(Refusal, IsCountedByItsName) {
  Metrics metrics;
  RefusalCounters counters(metrics, RefusedBy::kEdge);
  counters.Count(RefusalReason::kCloseTimeout);
  counters.Count(RefusalReason::kHeadTimeout);
  counters.Count(RefusalReason::kHeadTimeout);
  EXPECT_EQ(metrics.Value("edge_refused", "head_timeout"), 2u);
  EXPECT_EQ(metrics.Value("edge_refused", "close_timeout"), 1u);
  EXPECT_EQ(metrics.Value("edge_refused", "idle_timeout"), 0u);
}

TEST(Refusal, EachFolderCountsItsOwnReasons) {
  Metrics metrics;
  const RefusalCounters edge(metrics, RefusedBy::kEdge);
  const RefusalCounters relay(metrics, RefusedBy::kRelay);
  size_t counters = 0;
  std::set<std::string> reasons;
  for (const Metrics::NamedCounter& counter : metrics.Counters()) {
    ++counters;
    reasons.emplace(counter.label);
  }
  EXPECT_EQ(counters, kRefusalReasons + 1);  // too_many_connections is of both
  EXPECT_EQ(reasons.size(), kRefusalReasons);
}

TEST(Refusal, SaysWhichVerbsAreAllowed) {
  const Response response =
      ResponseTo({RefusalReason::kMethodNotAllowed, "PUT is not allowed", "GET, POST, OPTIONS"});
  ASSERT_EQ(response.head.headers.fields().back().name, "Allow");
  EXPECT_EQ(response.head.headers.fields().back().value, "GET, POST, OPTIONS");
}

}  // namespace
}  // namespace sluice
