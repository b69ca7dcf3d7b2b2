// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

// Header fields in the order of the wire. Names are lower case.
class HeaderList final {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  // REQUIRES: `name` is lower case.
  void Add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
  }

  // The first value of `name` (lower case).
  std::optional<absl::string_view> Find(absl::string_view name) const;

  // All values of `name`, joined by ", ", as RFC 9110 section 5.3 allows; empty if there is none.
  std::string Joined(absl::string_view name) const;

  // Removes all fields of `name` but the last, where a later one replaces an earlier one.
  void KeepLast(absl::string_view name);
  // The same, and of a value that is a comma-separated list its last element.
  void KeepLastElement(absl::string_view name);

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// Of headers that have one value, the newest where there are several: a library adds its own behind
// its caller's (browsers join the two by a comma), and a proxy behind both. Those that could be
// read in two ways otherwise, by the access log, the answer and the service: `x-request-id`,
// `traceparent`.
void KeepNewest(HeaderList& headers);

// The last element of a header that is a comma-separated list, without spaces around it.
absl::string_view LastElement(absl::string_view list);

// One request: nothing is percent-decoded.
struct HttpRequest {
  std::string method;     // upper case, as sent
  std::string path;       // of the target, without the query: begins with '/', or is "*"
  std::string query;      // of the target, without its '?'
  int minor_version = 1;  // of HTTP/1
  HeaderList headers;
  std::string body;
  std::string peer_address;  // of the connection: `192.0.2.7`, `2001:db8::1`
  // Its connection is one more than the gateway may have: it is to be told so.
  bool over_limit = false;
  // The `x-request-id` among the headers is not the browser's but made here.
  bool request_id_is_made = false;
};

}  // namespace sluice
