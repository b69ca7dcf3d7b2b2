// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/rpc_status.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using absl::StatusCode;

TEST(RpcStatus, HasTheHttpStatusOfItsCode) {
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

TEST(RpcStatus, IsWrittenAsMembersOfAJsonObject) {
  EXPECT_EQ(StatusMembers({StatusCode::kUnavailable, "no \"connection\"", ""}),
            R"("code":14,"status":"UNAVAILABLE","message":"no \"connection\"","details":[])");
  EXPECT_EQ(StatusMembers({StatusCode::kAborted, "", "ignored"}, "[{}]"),
            R"("code":10,"status":"ABORTED","message":"","details":[{}])");
}

TEST(JsonString, EscapesWhatWouldBreakALineOrALiteral) {
  EXPECT_EQ(JsonString("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(JsonString("\n\r\t\x01\x7f"), R"("\n\r\t\u0001\u007f")");
  EXPECT_EQ(JsonString(absl::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(JsonString("\xC2\x85|\xE2\x80\xA8|\xE2\x80\xA9"), R"("\u0085|\u2028|\u2029")");
  EXPECT_EQ(JsonString("\xC2\x84\xE2\x80\xA7 \xC3\xA4 \xF0\x9F\x98\x80"),
            "\"\xC2\x84\xE2\x80\xA7 \xC3\xA4 \xF0\x9F\x98\x80\"");
}

TEST(JsonString, ReplacesWhatIsNotUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(JsonString("\xff"), "\"" + bad + "\"");
  EXPECT_EQ(JsonString("a\xE2\x82z"), "\"a" + bad + "z\"");
  EXPECT_EQ(JsonString("\xC0\xAF"), "\"" + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");
  EXPECT_EQ(JsonString("\xF0\x9F\x98"), "\"" + bad + "\"");
  EXPECT_EQ(JsonString("\x80"), "\"" + bad + "\"");
}

}  // namespace
}  // namespace sluice
