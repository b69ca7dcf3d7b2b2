// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/rpc_error.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using absl::StatusCode;

TEST(RpcError, HasTheHttpStatusOfItsCode) {
  const struct {
    StatusCode code;
    int http_status;
    const char* name;
  } kTable[] = {
      {StatusCode::kOk, 200, "OK"},
      {StatusCode::kCancelled, 499, "CANCELLED"},
      {StatusCode::kUnknown, 500, "UNKNOWN"},
      {StatusCode::kInvalidArgument, 400, "INVALID_ARGUMENT"},
      {StatusCode::kDeadlineExceeded, 504, "DEADLINE_EXCEEDED"},
      {StatusCode::kNotFound, 404, "NOT_FOUND"},
      {StatusCode::kAlreadyExists, 409, "ALREADY_EXISTS"},
      {StatusCode::kPermissionDenied, 403, "PERMISSION_DENIED"},
      {StatusCode::kUnauthenticated, 401, "UNAUTHENTICATED"},
      {StatusCode::kResourceExhausted, 429, "RESOURCE_EXHAUSTED"},
      {StatusCode::kFailedPrecondition, 400, "FAILED_PRECONDITION"},
      {StatusCode::kAborted, 409, "ABORTED"},
      {StatusCode::kOutOfRange, 400, "OUT_OF_RANGE"},
      {StatusCode::kUnimplemented, 501, "UNIMPLEMENTED"},
      {StatusCode::kInternal, 500, "INTERNAL"},
      {StatusCode::kUnavailable, 503, "UNAVAILABLE"},
      {StatusCode::kDataLoss, 500, "DATA_LOSS"},
      {static_cast<StatusCode>(77), 500, "77"},
      {static_cast<StatusCode>(-1), 500, "-1"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(HttpStatusOf(row.code), row.http_status) << row.name;
    EXPECT_EQ(CodeName(row.code), row.name);
  }
}

TEST(RpcError, IsWrittenAsMembersOfAJsonObject) {
  EXPECT_EQ(StatusMembers({StatusCode::kUnavailable, "no \"connection\"", ""}),
            R"("code":14,"status":"UNAVAILABLE","message":"no \"connection\"","details":[])");
  EXPECT_EQ(StatusMembers({StatusCode::kAborted, "", "ignored"}, "[{}]"),
            R"("code":10,"status":"ABORTED","message":"","details":[{}])");
}

}  // namespace
}  // namespace sluice
