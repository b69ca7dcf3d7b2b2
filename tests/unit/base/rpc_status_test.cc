// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/rpc_status.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using absl::StatusCode;

TEST(RpcStatus, NamesItsCode) {
  const struct {
    StatusCode code;
    const char* name;
  } kTable[] = {
      {StatusCode::kOk, "OK"},
      {StatusCode::kCancelled, "CANCELLED"},
      {StatusCode::kUnknown, "UNKNOWN"},
      {StatusCode::kInvalidArgument, "INVALID_ARGUMENT"},
      {StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
      {StatusCode::kNotFound, "NOT_FOUND"},
      {StatusCode::kAlreadyExists, "ALREADY_EXISTS"},
      {StatusCode::kPermissionDenied, "PERMISSION_DENIED"},
      {StatusCode::kUnauthenticated, "UNAUTHENTICATED"},
      {StatusCode::kResourceExhausted, "RESOURCE_EXHAUSTED"},
      {StatusCode::kFailedPrecondition, "FAILED_PRECONDITION"},
      {StatusCode::kAborted, "ABORTED"},
      {StatusCode::kOutOfRange, "OUT_OF_RANGE"},
      {StatusCode::kUnimplemented, "UNIMPLEMENTED"},
      {StatusCode::kInternal, "INTERNAL"},
      {StatusCode::kUnavailable, "UNAVAILABLE"},
      {StatusCode::kDataLoss, "DATA_LOSS"},
      {static_cast<StatusCode>(77), "77"},
      {static_cast<StatusCode>(-1), "-1"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(CodeName(row.code), row.name);
  }
}

}  // namespace
}  // namespace sluice
