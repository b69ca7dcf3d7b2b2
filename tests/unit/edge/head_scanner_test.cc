// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/head_scanner.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

std::optional<RefusalReason> RefusalOf(absl::string_view input) {
  HeadScanner scanner(1000);
  scanner.Scan(input);
  if (!scanner.refusal().has_value()) return std::nullopt;
  return scanner.refusal()->reason;
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "GET /a?b HTTP/1.1\r\nHost: h\r\nX: \xC3\xA4\ty\r\n\r\n";
  const std::string input = head + "body\x01";
  EXPECT_EQ(HeadScanner(1000).Scan(input), head.size());
  HeadScanner scanner(1000);
  for (size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(scanner.Scan(input.substr(0, size)), std::nullopt);
    EXPECT_FALSE(scanner.refusal().has_value()) << scanner.refusal()->message;
  }
  EXPECT_EQ(scanner.Scan(input), head.size());
}

TEST(HeadScanner, RefusesAtTheFirstWrongByte) {
  const char* const kBad[] = {
      "\x16\x03\x01",                      // TLS
      "GET / HTTP/1.1\n",                  // bare LF
      "GET / HTTP/1.1\r\nA: b\rc",         // bare CR
      "GET / HTTP/1.1\r\nA: b\x01",        // control byte
      "GET / HTTP/1.1\r\nA: b\x7F",        // DEL
      "GET / HTTP/1.1\r\nA: b\r\n c\r\n",  // obs-fold
      "GET / HTTP/1.1\r\n A: b\r\n",       // obs-fold of nothing
      "GET / HTTP/1.1\r\nA : b\r\n",       // a space in a name
      "GET / HTTP/1.1\r\n: b\r\n",         // no name
      "GET / HTTP/1.1\r\nAb\r\n",          // no colon
      "GET /\r\n",                         // HTTP/0.9
      "hello\r\n",
      "GET  HTTP/1.1\r\n",
      "GET / a HTTP/1.1\r\n",
      " GET / HTTP/1.1\r\n",
      "G\xC3\xA4T / HTTP/1.1\r\n",
      "GET /\xC3\xA4 HTTP/1.1\r\n",
      "GET / HTTP/1.1 \r\n",
      "GET / http/1.1\r\n",
      "GET / HTTP/1.10\r\n",
      "GET\t/\tHTTP/1.1\r\n",
      "\r\n",
  };
  for (const char* const input : kBad) {
    EXPECT_EQ(RefusalOf(input), RefusalReason::kBadRequest) << input;
  }
  EXPECT_EQ(RefusalOf(absl::string_view("GET / HTTP/1.1\r\nA: \0", 20)),
            RefusalReason::kBadRequest);
}

TEST(HeadScanner, KeepsWhereThePageComesFromUntilTheWrongByte) {
  HeadScanner scanner(1000);
  scanner.Scan("GET / HTTP/1.1\r\nORIGIN: \thttps://a \r\nA: b\r\nHost:h\r\nOrigins: x\r\nB: \x01");
  ASSERT_TRUE(scanner.refusal().has_value());
  EXPECT_EQ(scanner.origin_fields().Find("origin"), "https://a");
  EXPECT_EQ(scanner.origin_fields().Find("host"), "h");
  EXPECT_EQ(scanner.origin_fields().fields().size(), 2u);
}

TEST(HeadScanner, RefusesOtherVersions) {
  for (const char* const input :
       {"PRI * HTTP/2.0\r\n", "GET / HTTP/3.0\r\n", "GET / HTTP/0.9\r\n", "GET / HTTP/1.2\r\n"}) {
    EXPECT_EQ(RefusalOf(input), RefusalReason::kBadVersion) << input;
  }
  EXPECT_EQ(RefusalOf("GET / HTTP/1.0\r\n"), std::nullopt);
}

TEST(HeadScanner, CountsTheBytesOfTheHeadAndNotOfWhatFollows) {
  const std::string head = absl::StrCat("GET / HTTP/1.1\r\nA: ", std::string(977, 'x'), "\r\n\r\n");
  ASSERT_EQ(head.size(), 1000u);
  EXPECT_EQ(RefusalOf(head + "more"), std::nullopt);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nB" + head.substr(16)), RefusalReason::kHeadTooLarge);
  EXPECT_EQ(RefusalOf(absl::StrCat("GET / HTTP/1.1\r\nA:", std::string(982, 'x'), "\r\n")),
            RefusalReason::kHeadTooLarge);
}

}  // namespace
}  // namespace sluice
