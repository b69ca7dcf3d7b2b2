// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// A choice of services and methods by name: a package, service or method with all that is in it
// (`demo.v1`, `demo.v1.Ticker`, `demo.v1.Ticker.Watch`), the same with a `*` after the last dot
// (`demo.v1.*`), or `*` for all.
class Selector final {
 public:
  // INVALID_ARGUMENT that says what is wrong with `text`, and what would be right.
  static absl::StatusOr<Selector> Parse(absl::string_view text);

  // `full_name` is that of a service or method.
  bool Matches(absl::string_view full_name) const;
  // Whether it is the very name of what is selected, not something that holds it.
  bool IsExactly(absl::string_view full_name) const;

  // The name without the `*`; empty for `*`.
  const std::string& name() const { return name_; }
  bool has_star() const { return has_star_; }

 private:
  std::string name_;
  bool has_star_ = false;
};

}  // namespace sluice
