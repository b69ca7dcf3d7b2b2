// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

// How JSON differs from the canonical one. Nothing set: canonical proto3 JSON.
struct JsonOptions {
  bool proto_names = false;       // fields are called as in the .proto
  bool enums_as_numbers = false;  // by number, those with a name as well
  bool default_values = false;    // what is absent and has no presence is there with its default
  bool numbers_64 = false;        // 64-bit integers are numbers; JavaScript rounds them
};

}  // namespace sluice
