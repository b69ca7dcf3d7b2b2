// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sluice {

// One thing that is wrong with what an operator or an author wrote. Validators return all of them.
struct Problem {
  std::string
      where;  // `sluice.yaml:12:7`, `demo/v1/room.proto:30:5`, `demo.v1.Room.Join`, `--listen`
  std::string what;  // what was found, and what would be right

  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

// A line a problem: `where: what`.
std::string ToText(const Problems& problems);

}  // namespace sluice
