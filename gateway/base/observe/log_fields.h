// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sluice {

// What a line of log says beside its message: names and values, in the order in which they were
// added. Texts from outside may be given as they came.
//
// Bounds: a text is cut after kMaxTextBytes.
class LogFields final {
 public:
  static constexpr size_t kMaxTextBytes = 256;

  // `name` is a literal of letters and underscores.
  LogFields& Text(absl::string_view name, absl::string_view value);
  LogFields& Number(absl::string_view name, uint64_t value);
  LogFields& Seconds(absl::string_view name, absl::Duration value);

  // `,"peer":"192.0.2.7","bytes":12`
  std::string ToJsonMembers() const;
  // ` peer="192.0.2.7" bytes=12`
  std::string ToText() const;

 private:
  struct Field {
    absl::string_view name;
    std::string json;
  };

  std::vector<Field> fields_;
};

}  // namespace sluice
