// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/schema/schema_files.h"

namespace sluice {

// What a service must be asked beyond its services, so that its schema is whole.
struct SchemaGaps {
  // Full names of what its methods need and no file has, nor a bundled one. For each the names that
  // a relative one may stand for, the first one first.
  std::vector<std::vector<std::string>> names;
  // Full names of types that its methods need and that can be extended.
  std::vector<std::string> extendable;
  // Extended type and number, sorted, of what is there.
  std::vector<std::pair<std::string, int>> extensions;
};

// Of loose files in any order. The names are bytes of the service's.
//
// Bounds: 100,000 names.
SchemaGaps FindGaps(const std::vector<LooseFile>& files);

}  // namespace sluice
