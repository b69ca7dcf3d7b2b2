// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/request_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using State = RequestReader::State;

// Reads `input` in pieces of `piece` bytes, and keeps what was not consumed.
struct Read {
  explicit Read(absl::string_view input, size_t piece = 1 << 20, ConnectionOptions options = {})
      : reader(options) {
    while (!input.empty() && reader.state() != State::kComplete &&
           reader.state() != State::kRefused) {
      const size_t size = std::min(piece, input.size());
      absl::StrAppend(&left, input.substr(0, size));
      input.remove_prefix(size);
      left.erase(0, reader.Read(left));
    }
    absl::StrAppend(&left, input);
  }
  RequestReader reader;
  std::string left;
};

std::optional<RefusalReason> RefusalOf(absl::string_view input, ConnectionOptions options = {}) {
  const Read read(input, 1 << 20, options);
  if (read.reader.state() != State::kRefused) return std::nullopt;
  return read.reader.refusal().reason;
}

TEST(RequestReader, ReadsARequestInPiecesOfAnySize) {
  const std::string input =
      "POST /a/b?x=%20&y HTTP/1.1\r\nHost: h\r\nX-Two:  b \r\nContent-Length: 5\r\nx-two: c\r\n\r\n"
      "helloGET";
  for (const size_t piece : {1, 2, 3, 7, 1000}) {
    Read read(input, piece);
    ASSERT_EQ(read.reader.state(), State::kComplete) << piece;
    EXPECT_TRUE(read.reader.keep_alive());
    const HttpRequest request = read.reader.TakeRequest();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query, "x=%20&y");
    EXPECT_EQ(request.minor_version, 1);
    EXPECT_EQ(request.headers.Joined("x-two"), "b, c");
    EXPECT_EQ(request.body, "hello");
    EXPECT_EQ(read.left, "GET");
  }
}

TEST(RequestReader, ReadsAChunkedBodyInPiecesOfAnySize) {
  const std::string input =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5\r\nhello\r\nA;ext=1\r\n, world!!!\r\n0\r\nHost: evil\r\n\r\nGET";
  for (const size_t piece : {1, 2, 3, 7, 1000}) {
    Read read(input, piece);
    ASSERT_EQ(read.reader.state(), State::kComplete) << piece;
    const HttpRequest request = read.reader.TakeRequest();
    EXPECT_EQ(request.body, "hello, world!!!");
    EXPECT_EQ(request.headers.Joined("host"), "h");  // a trailer is no header
    EXPECT_EQ(read.left, "GET");
  }
}

// What may come beside the bytes of a body: a line with a chunk's extension, a trailer.
TEST(RequestReader, RefusesWhatIsTooLongAroundAChunkHoweverItComes) {
  constexpr size_t kLimit = 200;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string filler(kLimit, 'a');
  for (const std::string& body : {absl::StrCat("0\r\nx: ", filler, "\r\n\r\n"),
                                  absl::StrCat("1;", filler, "\r\nx\r\n0\r\n\r\n"),
                                  absl::StrCat("1\r\nx\r\n0;", filler, "\r\n\r\n")}) {
    for (const size_t piece : {1, 7, 100, 1000}) {
      const Read read(head + body, piece, {.max_head_bytes = kLimit});
      ASSERT_EQ(read.reader.state(), State::kRefused) << body << " by " << piece;
      EXPECT_EQ(read.reader.refusal().reason, RefusalReason::kBadRequest);
      const Read allowed(head + body, piece, {.max_head_bytes = 2 * kLimit});
      EXPECT_EQ(allowed.reader.state(), State::kComplete) << body << " by " << piece;
    }
  }
}

TEST(RequestReader, TakesTheBodyOfAGet) {
  Read read("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET");
  EXPECT_EQ(read.reader.TakeRequest().body, "abc");
  EXPECT_EQ(read.left, "GET");
}

TEST(RequestReader, TakesTargetsInTheFormsThatAServerMust) {
  const struct {
    absl::string_view method, target, path, query;
  } kTable[] = {
      {"GET", "/", "/", ""},
      {"GET", "/?", "/", ""},
      {"GET", "/a?b?c", "/a", "b?c"},
      {"GET", "//a/../b", "//a/../b", ""},
      {"GET", "http://h/a?b", "/a", "b"},
      {"GET", "https://h:1", "/", ""},
      {"GET", "http://h?b", "/", "b"},
      {"OPTIONS", "*", "*", ""},
  };
  for (const auto& row : kTable) {
    Read read(absl::StrCat(row.method, " ", row.target, " HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_EQ(read.reader.state(), State::kComplete) << row.target;
    const HttpRequest request = read.reader.TakeRequest();
    EXPECT_EQ(request.path, row.path) << row.target;
    EXPECT_EQ(request.query, row.query) << row.target;
  }
}

TEST(RequestReader, KnowsWhetherAnotherRequestMayFollow) {
  const struct {
    absl::string_view text;
    bool keep_alive;
  } kTable[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false},
  };
  for (const auto& row : kTable) {
    const Read read(row.text);
    ASSERT_EQ(read.reader.state(), State::kComplete) << row.text;
    EXPECT_EQ(read.reader.keep_alive(), row.keep_alive) << row.text;
  }
}

TEST(RequestReader, KnowsWhoWaitsToBeAskedForTheBody) {
  const Read waits(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(waits.reader.state(), State::kBody);
  EXPECT_TRUE(waits.reader.expects_continue());
  const Read old("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_FALSE(old.reader.expects_continue());
}

TEST(RequestReader, RefusesWhatTwoReadersCouldTakeDifferently) {
  const absl::string_view kHeads[] = {
      "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
      "Content-Length: 1\r\nContent-Length: 1\r\n",
      "Content-Length: 1\r\nContent-Length: 2\r\n",
      "Content-Length: 1, 1\r\n",
      "Content-Length: +1\r\n",
      "Content-Length: -1\r\n",
      "Content-Length: 0x1\r\n",
      "Content-Length: \r\n",
      "Content-Length: 99999999999999999999999\r\n",
      "Host: other\r\n",
      "Content-Length : 1\r\n",
  };
  for (const absl::string_view head : kHeads) {
    EXPECT_EQ(RefusalOf(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\n", head, "\r\n")),
              RefusalReason::kBadRequest)
        << head;
  }
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n\r\n"), RefusalReason::kBadRequest);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), RefusalReason::kBadRequest);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), RefusalReason::kBadRequest);
  EXPECT_EQ(RefusalOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            RefusalReason::kBadRequest);
}

TEST(RequestReader, RefusesTransferEncodingsOtherThanChunked) {
  for (const absl::string_view value :
       {"gzip", "gzip, chunked", "identity", "xchunked", "chunked;x"}) {
    EXPECT_EQ(RefusalOf(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ", value,
                                     "\r\n\r\n")),
              RefusalReason::kBadTransferEncoding)
        << value;
  }
}

TEST(RequestReader, RefusesTargetsThatAreNone) {
  for (const absl::string_view target : {"a", "*", "ftp://h/", "/a#b", "?a"}) {
    EXPECT_EQ(RefusalOf(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n")),
              RefusalReason::kBadRequest)
        << target;
  }
  EXPECT_EQ(RefusalOf("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n"), RefusalReason::kBadMethod);
}

TEST(RequestReader, RefusesExpectationsThatItDoesNotKnow) {
  EXPECT_EQ(RefusalOf("POST / HTTP/1.1\r\nHost: h\r\nExpect: a-miracle\r\n\r\n"),
            RefusalReason::kBadExpectation);
}

TEST(RequestReader, RefusesABodyThatIsTooLargeBeforeOrWhileItComes) {
  const ConnectionOptions options{.max_body_bytes = 10};
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(RefusalOf(start + "Content-Length: 10\r\n\r\n0123456789", options), std::nullopt);
  EXPECT_EQ(RefusalOf(start + "Content-Length: 11\r\n\r\n", options), RefusalReason::kBodyTooLarge);
  EXPECT_EQ(
      RefusalOf(start + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
                options),
      std::nullopt);
  EXPECT_EQ(RefusalOf(start + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n", options),
            RefusalReason::kBodyTooLarge);
}

TEST(RequestReader, RefusesChunksThatAreNone) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const absl::string_view body : {"x\r\n", "-1\r\n", "5\r\nhelloX\r\n",
                                       "fffffffffffffffff\r\n", " 5\r\nhello\r\n", "5\nhello\n"}) {
    EXPECT_EQ(RefusalOf(absl::StrCat(start, body, "0\r\n\r\n")), RefusalReason::kBadRequest)
        << body;
  }
  EXPECT_EQ(RefusalOf(absl::StrCat(start, "0\r\nContent-Length: 7\r\n\r\n")),
            RefusalReason::kBadRequest);
  EXPECT_EQ(RefusalOf(absl::StrCat(start, "5;", std::string(20'000, 'x'))),
            RefusalReason::kBadRequest);
  EXPECT_EQ(RefusalOf(absl::StrCat(start, "0\r\nA: ", std::string(20'000, 'x'))),
            RefusalReason::kBadRequest);
}

}  // namespace
}  // namespace sluice
