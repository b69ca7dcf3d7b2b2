// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Length = ResponseFraming::Length;

TEST(ResponseHead, HasAllThatTheConnectionAdds) {
  ResponseHead head;
  head.headers.Add("Content-Type", "text/plain");
  const std::string bytes = ResponseHeadBytes(head, {.content_length = 12});
  EXPECT_THAT(bytes, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "));
  EXPECT_THAT(bytes, ContainsRegex("\r\nDate: [A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] "
                                   "20[0-9][0-9] [0-9:]+ GMT\r\nContent-Length: 12\r\n\r\n$"));
}

TEST(ResponseHead, SaysHowTheBodyEnds) {
  const std::string chunked = ResponseHeadBytes({}, {.length = Length::kChunked});
  EXPECT_THAT(chunked, EndsWith("GMT\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string until_close = ResponseHeadBytes(
      {}, {.length = Length::kUntilClose, .after = ResponseFraming::After::kClose});
  EXPECT_THAT(until_close, EndsWith("GMT\r\nConnection: close\r\n\r\n"));
  const std::string none =
      ResponseHeadBytes({.status = 204, .headers = {}}, {.length = Length::kNone});
  EXPECT_THAT(none, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(none, Not(HasSubstr("Length")));
}

TEST(ResponseHead, LetsNoFieldBeginALineOfItsOwn) {
  ResponseHead head;
  head.headers.Add("a", "b\r\nSet-Cookie: c\x7F");
  head.headers.Add("bad name", "x");
  head.headers.Add("bad\r\nname", "x");
  head.headers.Add("", "x");
  const std::string bytes = ResponseHeadBytes(head, {});
  EXPECT_THAT(bytes, StartsWith("HTTP/1.1 200 OK\r\na: b  Set-Cookie: c \r\nDate: "));
}

TEST(ResponseHead, LeavesOutWhatIsNotTheAnswerersToSay) {
  ResponseHead head;
  head.headers.Add("content-length", "99");
  head.headers.Add("Transfer-Encoding", "gzip");
  head.headers.Add("connection", "upgrade");
  const std::string bytes = ResponseHeadBytes(head, {.content_length = 1});
  EXPECT_THAT(bytes, Not(HasSubstr("99")));
  EXPECT_THAT(bytes, Not(HasSubstr("gzip")));
  EXPECT_THAT(bytes, Not(HasSubstr("upgrade")));
}

TEST(ResponseHead, NamesStatusesThatOthersDoNotKnow) {
  EXPECT_THAT(ResponseHeadBytes({.status = 499, .headers = {}}, {}),
              StartsWith("HTTP/1.1 499 Client Closed Request\r\n"));
  EXPECT_THAT(ResponseHeadBytes({.status = 299, .headers = {}}, {}), StartsWith("HTTP/1.1 299 "));
}

TEST(ResponseHead, KnowsWhichStatusesHaveNoBody) {
  EXPECT_TRUE(StatusHasBody(200));
  EXPECT_TRUE(StatusHasBody(404));
  EXPECT_FALSE(StatusHasBody(204));
  EXPECT_FALSE(StatusHasBody(304));
}

}  // namespace
}  // namespace sluice
