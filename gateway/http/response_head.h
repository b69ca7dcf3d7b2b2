// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/response.h"

namespace sluice {

// What the connection adds to the head of an answer.
struct ResponseFraming {
  enum class Length {
    kFixed,       // Content-Length
    kChunked,     // Transfer-Encoding: chunked
    kUntilClose,  // the connection's end is the body's
    kNone,        // a status without a body
  };
  enum class After { kKeepAlive, kClose };

  Length length = Length::kFixed;
  uint64_t content_length = 0;
  After after = After::kKeepAlive;
};

// False for those that end with their head (1xx, 204, 304).
bool StatusHasBody(int status);

// The head as bytes, its empty line included. Fields of `head` that belong to the connection, or
// are not fields at all, are left out; control bytes in a value become spaces: nothing that came
// from a service or from a request can begin a line of its own.
std::string ResponseHeadBytes(const ResponseHead& head, const ResponseFraming& framing);

}  // namespace sluice
