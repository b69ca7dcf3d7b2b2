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

  // The last value of `name` (lower case), where a later field replaces an earlier one.
  std::optional<absl::string_view> FindLast(absl::string_view name) const;

  // All values of `name`, joined by ", ", as RFC 9110 section 5.3 allows; empty if there is none.
  std::string Joined(absl::string_view name) const;

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// One request, as it came: nothing is percent-decoded.
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
