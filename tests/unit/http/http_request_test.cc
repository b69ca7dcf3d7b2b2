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

TEST(HeaderList, KeepsTheLastOfAName) {
  HeaderList headers;
  headers.Add("a", "1");
  headers.Add("b", "2");
  headers.Add("a", "3, 4");
  headers.Add("c", "5");
  headers.KeepLast("a");
  headers.KeepLast("b");
  headers.KeepLast("d");
  EXPECT_EQ(headers.fields().size(), 3u);
  EXPECT_EQ(headers.Joined("a"), "3, 4");
  EXPECT_EQ(headers.Find("b"), "2");
  headers.KeepLastElement("a");
  EXPECT_EQ(headers.Joined("a"), "4");
}

TEST(KeepNewest, LeavesOneRequestIdAndOneTrace) {
  HeaderList headers;
  headers.Add("x-request-id", "the caller's");
  headers.Add("traceparent", "00-1, 00-2");
  headers.Add("x-request-id", "the proxy's, say");
  headers.Add("tracestate", "a=1");
  headers.Add("tracestate", "b=2");
  headers.Add("traceparent", "00-3 , 00-4 ");
  KeepNewest(headers);
  EXPECT_EQ(headers.Joined("x-request-id"), "the proxy's, say");
  EXPECT_EQ(headers.Joined("traceparent"), "00-4");
  EXPECT_EQ(headers.Joined("tracestate"), "a=1, b=2");
}

TEST(LastElement, IsWhatFollowsTheLastComma) {
  EXPECT_EQ(LastElement("a"), "a");
  EXPECT_EQ(LastElement(" a , b "), "b");
  EXPECT_EQ(LastElement("a,"), "");
  EXPECT_EQ(LastElement(""), "");
}

}  // namespace
}  // namespace sluice
