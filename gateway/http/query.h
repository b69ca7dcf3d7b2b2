// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// A parameter of a query, percent-decoded; '+' is a space, as browsers write it.
struct QueryParameter {
  std::string name;
  std::string value;
};

// Splits a raw query (without '?') at '&'. Errors: INVALID_ARGUMENT for a '%' that two hex digits
// do not follow, with its offset.
absl::StatusOr<std::vector<QueryParameter>> ParseQuery(absl::string_view raw);

// The first value of `name`; null if there is none.
const std::string* FindParameter(const std::vector<QueryParameter>& parameters,
                                 absl::string_view name);

}  // namespace sluice
