// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/http_request.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(HeaderList, FindsTheFirstAndJoinsAll) {
  HeaderList headers;
  headers.Add("accept", "text/html");
  headers.Add("host", "h");
  headers.Add("accept", "*/*");
  EXPECT_EQ(headers.Find("accept"), "text/html");
  EXPECT_EQ(headers.Joined("accept"), "text/html, */*");
  EXPECT_EQ(headers.Joined("host"), "h");
  EXPECT_EQ(headers.Find("cookie"), std::nullopt);
  EXPECT_EQ(headers.Joined("cookie"), "");
}

}  // namespace
}  // namespace sluice
