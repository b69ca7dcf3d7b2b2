// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/request_reader.h"

#include <algorithm>
#include <string>
#include <utility>

// GCC 12 in C++20 mode needs <utility> before Boost.Asio 1.74, which Beast includes.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/edge/head_scanner.h"

namespace sluice {
namespace {

constexpr size_t kShortestChunkedEnd = 5;

namespace http = boost::beast::http;
using BeastParser = http::request_parser<http::string_body>;

absl::string_view ToView(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool IsHost(absl::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return c > 0x20 && c < 0x7F && !absl::StrContains("\"/<>?@\\^`{|}#", c);
  });
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

struct RequestReader::Parser {
  explicit Parser(size_t max_head_bytes) : scanner(max_head_bytes) {}

  HeadScanner scanner;
  BeastParser beast;
};

RequestReader::RequestReader(const ConnectionOptions& options)
    : max_head_bytes_(options.max_head_bytes),
      max_body_bytes_(options.max_body_bytes),
      parser_(std::make_unique<Parser>(options.max_head_bytes)) {
  // The scanner has counted before the parser sees anything.
  parser_->beast.header_limit(static_cast<uint32_t>(max_head_bytes_) + 1);
  parser_->beast.body_limit(max_body_bytes_);
}

RequestReader::~RequestReader() = default;

size_t RequestReader::Read(absl::string_view input) {
  size_t consumed = 0;
  if (state_ == State::kHead) consumed += ReadHead(input);
  if (state_ == State::kBody) consumed += ReadBody(input.substr(consumed));
  return consumed;
}

size_t RequestReader::ReadHead(absl::string_view input) {
  const std::optional<size_t> length = parser_->scanner.Scan(input);
  if (parser_->scanner.refusal().has_value()) {
    state_ = State::kRefused;
    refusal_ = parser_->scanner.refusal();
    return 0;
  }
  if (!length.has_value()) return 0;
  boost::beast::error_code error;
  BeastParser& beast = parser_->beast;
  beast.put(boost::asio::buffer(input.data(), *length), error);
  if (error == http::error::body_limit) {
    Refuse(RefusalReason::kBodyTooLarge,
           absl::StrCat("the request's body is larger than ", max_body_bytes_, " bytes"));
    return 0;
  }
  if (error || !beast.is_header_done()) {
    Refuse(RefusalReason::kBadRequest,
           absl::StrCat("the request's head cannot be read: ", error.message()));
    return 0;
  }
  CheckFields();
  if (state_ == State::kRefused) return 0;
  state_ = beast.is_done() ? State::kComplete : State::kBody;
  return *length;
}

// What Beast takes, but this server must not: two readers of such a request could disagree about
// where it ends, or for whom it is.
void RequestReader::CheckFields() {
  const auto& message = parser_->beast.get();
  request_.method = std::string(ToView(message.method_string()));
  request_.minor_version = message.version() == 10 ? 0 : 1;
  keep_alive_ = request_.minor_version == 1 && message.keep_alive();
  size_t hosts = 0, lengths = 0, encodings = 0;
  for (const auto& field : message) {
    std::string name = absl::AsciiStrToLower(ToView(field.name_string()));
    const absl::string_view value = ToView(field.value());
    if (name == "host") {
      ++hosts;
      if (!IsHost(value)) return Refuse(RefusalReason::kBadRequest, "Host is not a host");
    } else if (name == "content-length") {
      ++lengths;
      if (!IsNumber(value)) {
        return Refuse(RefusalReason::kBadRequest, "Content-Length is not a number");
      }
    } else if (name == "transfer-encoding") {
      ++encodings;
      if (!absl::EqualsIgnoreCase(value, "chunked")) {
        return Refuse(RefusalReason::kBadTransferEncoding,
                      "the only Transfer-Encoding understood here is `chunked`");
      }
    } else if (name == "expect" && request_.minor_version == 1) {
      expects_continue_ = true;
      if (!absl::EqualsIgnoreCase(value, "100-continue")) {
        return Refuse(RefusalReason::kBadExpectation, "the only Expect met here is `100-continue`");
      }
    }
    request_.headers.Add(std::move(name), std::string(value));
  }
  if (hosts > 1 || (hosts == 0 && request_.minor_version == 1)) {
    return Refuse(RefusalReason::kBadRequest,
                  absl::StrCat("the request has ", hosts, " Host fields, not one"));
  }
  if (lengths + encodings > 1 || (encodings > 0 && request_.minor_version == 0)) {
    return Refuse(RefusalReason::kBadRequest,
                  "the length of the body is stated twice, or in a way that HTTP/1.0 has not");
  }
  KeepNewest(request_.headers);
  CheckTarget(ToView(message.target()));
}

void RequestReader::CheckTarget(absl::string_view target) {
  if (request_.method == "CONNECT") {
    return Refuse(RefusalReason::kBadMethod, "CONNECT is for proxies; this is none");
  }
  if (target == "*" && request_.method == "OPTIONS") {
    request_.path = "*";
    return;
  }
  if (absl::ConsumePrefix(&target, "http://") || absl::ConsumePrefix(&target, "https://")) {
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    if (!absl::StartsWith(target, "/")) request_.path = "/";
  } else if (!absl::StartsWith(target, "/")) {
    return Refuse(RefusalReason::kBadRequest, "the request target does not begin with `/`");
  }
  if (absl::StrContains(target, '#')) {
    return Refuse(RefusalReason::kBadRequest, "the request target has a fragment");
  }
  const size_t question = std::min(target.find('?'), target.size());
  absl::StrAppend(&request_.path, target.substr(0, question));
  if (question < target.size()) request_.query = std::string(target.substr(question + 1));
}

size_t RequestReader::ReadBody(absl::string_view input) {
  BeastParser& beast = parser_->beast;
  const std::string& body = beast.get().body();
  size_t consumed = 0;
  bool too_long = false;
  boost::beast::error_code error;
  while (consumed < input.size() && !beast.is_done() && !too_long) {
    // What is left of a chunked body is never shorter than its end, `0 CRLF CRLF`. Beast 1.74
    // asserts on less, where that end comes in pieces.
    if (beast.chunked() && input.size() - consumed < kShortestChunkedEnd) break;
    error = {};
    const size_t body_bytes = body.size();
    const size_t taken =
        beast.put(boost::asio::buffer(input.data() + consumed, input.size() - consumed), error);
    consumed += taken;
    // Beast, which is not eager, takes a chunk's line or the trailer alone. One byte more than may
    // wait for the end: the end must be the same in whatever pieces it comes.
    too_long = taken - (body.size() - body_bytes) > max_head_bytes_ + 1;
    if (error || taken == 0) break;
  }
  if (beast.is_done() && !too_long) {
    state_ = State::kComplete;
  } else if (error == http::error::body_limit) {
    Refuse(RefusalReason::kBodyTooLarge,
           absl::StrCat("the request's body is larger than ", max_body_bytes_, " bytes"));
  } else if (error && error != http::error::need_more) {
    Refuse(RefusalReason::kBadRequest,
           absl::StrCat("the request's body cannot be read: ", error.message()));
  } else if (too_long || input.size() - consumed > max_head_bytes_) {
    Refuse(RefusalReason::kBadRequest, "a chunk's extension or the trailer is too long");
  }
  return consumed;
}

const HeaderList& RequestReader::origin_fields() const { return parser_->scanner.origin_fields(); }

HttpRequest RequestReader::TakeRequest() {
  request_.body = std::move(parser_->beast.get().body());
  return std::move(request_);
}

void RequestReader::Refuse(RefusalReason reason, absl::string_view message) {
  state_ = State::kRefused;
  refusal_ = Refusal{reason, std::string(message)};
}

}  // namespace sluice
