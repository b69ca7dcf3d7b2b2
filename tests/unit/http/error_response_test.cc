// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/error_response.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ErrorResponse, IsJsonWithTheStatusOfItsCode) {
  const Response response = ErrorResponse(0, {absl::StatusCode::kNotFound, "no route", ""});
  EXPECT_EQ(response.head.status, 404);
  EXPECT_EQ(response.head.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(response.body,
            "{\"code\":5,\"status\":\"NOT_FOUND\",\"message\":\"no route\",\"details\":[]}\n");
  EXPECT_FALSE(response.close);
}

TEST(ErrorResponse, TakesAStatusThatSaysMoreAndDetails) {
  const Response response =
      ErrorResponse(405, {absl::StatusCode::kUnimplemented, "", ""}, R"([{"a":1}])");
  EXPECT_EQ(response.head.status, 405);
  EXPECT_EQ(
      response.body,
      "{\"code\":12,\"status\":\"UNIMPLEMENTED\",\"message\":\"\",\"details\":[{\"a\":1}]}\n");
}

}  // namespace
}  // namespace sluice
