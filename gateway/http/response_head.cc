// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/response_head.h"

#include <algorithm>
#include <utility>

// GCC 12 in C++20 mode needs <utility> before Boost.Asio 1.74, which Beast includes.
#include <boost/beast/http/status.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace sluice {
namespace {

absl::string_view ReasonPhrase(int status) {
  if (status == 499) return "Client Closed Request";
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

bool BelongsToConnection(absl::string_view name) {
  for (const absl::string_view own :
       {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}) {
    if (absl::EqualsIgnoreCase(name, own)) return true;
  }
  return false;
}

std::string OneLine(absl::string_view value) {
  std::string line(value);
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t') c = ' ';
  }
  return line;
}

// Formatting a date costs more than the rest of a head; a thread does it once a second.
absl::string_view HttpDate() {
  static thread_local int64_t second = 0;
  static thread_local std::string text;
  const absl::Time now = absl::Now();
  if (second != absl::ToUnixSeconds(now)) {
    second = absl::ToUnixSeconds(now);
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone());
  }
  return text;
}

}  // namespace

bool StatusHasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string ResponseHeadBytes(const ResponseHead& head, const ResponseFraming& framing) {
  std::string bytes =
      absl::StrCat("HTTP/1.1 ", head.status, " ", ReasonPhrase(head.status), "\r\n");
  for (const HeaderList::Field& field : head.headers.fields()) {
    if (!IsName(field.name) || BelongsToConnection(field.name)) continue;
    absl::StrAppend(&bytes, field.name, ": ", OneLine(field.value), "\r\n");
  }
  absl::StrAppend(&bytes, "Date: ", HttpDate(), "\r\n");
  switch (framing.length) {
    case ResponseFraming::Length::kFixed:
      absl::StrAppend(&bytes, "Content-Length: ", framing.content_length, "\r\n");
      break;
    case ResponseFraming::Length::kChunked:
      absl::StrAppend(&bytes, "Transfer-Encoding: chunked\r\n");
      break;
    case ResponseFraming::Length::kUntilClose:
    case ResponseFraming::Length::kNone:
      break;
  }
  if (framing.after == ResponseFraming::After::kClose) {
    absl::StrAppend(&bytes, "Connection: close\r\n");
  }
  absl::StrAppend(&bytes, "\r\n");
  return bytes;
}

}  // namespace sluice
