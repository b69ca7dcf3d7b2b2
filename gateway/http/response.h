// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gateway/http/http_request.h"

namespace sluice {

// The head of an answer. The edge adds what belongs to the connection: Transfer-Encoding,
// Content-Length, Connection, Date.
struct ResponseHead {
  int status = 200;
  HeaderList headers;  // names in any case; sent as they are
};

struct Response {
  ResponseHead head;
  std::string body;
  bool close = false;  // the connection is of no more use
};

}  // namespace sluice
