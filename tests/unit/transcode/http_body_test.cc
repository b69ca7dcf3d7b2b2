// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/http_body.h"

#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(HttpBody, TakesTextInUtf8ForText) {
  for (const char* type :
       {"text/plain", "Text/HTML; charset=UTF-8", "application/json", "application/problem+json",
        "image/svg+xml", "application/xml", "application/javascript", "text/css;charset=\"utf-8\"",
        "text/plain; format=flowed; charset=us-ascii"}) {
    EXPECT_TRUE(IsTextType(type)) << type;
  }
}

TEST(HttpBody, TakesEverythingElseForBytes) {
  for (const char* type : {"", "image/png", "application/octet-stream", "text", "json",
                           "text/plain; charset=iso-8859-1", "application/jsonp", "x; text/plain",
                           "text/plain;charset=\"utf-16\""}) {
    EXPECT_FALSE(IsTextType(type)) << type;
  }
}

TEST(HttpBody, KeepsControlBytesOutOfHeaders) {
  EXPECT_TRUE(IsSafeContentType("text/plain; charset=utf-8"));
  EXPECT_TRUE(IsSafeContentType(""));
  for (const std::string type : {"a\r\nb", "a\nb", "a\tb", "a\x7f", "\x80", "caf\xc3\xa9"}) {
    EXPECT_FALSE(IsSafeContentType(type)) << type;
  }
  EXPECT_FALSE(IsSafeContentType(absl::string_view("a\0b", 3)));
  EXPECT_FALSE(IsSafeContentType(std::string(2000, 'a')));
}

}  // namespace
}  // namespace sluice
