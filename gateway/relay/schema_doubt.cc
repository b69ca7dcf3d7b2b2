// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/schema_doubt.h"

namespace sluice {

std::vector<std::string> SchemaDoubt::NamesOf(Signs signs) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kSigns; ++i) {
    if ((signs & Only(static_cast<Sign>(i))) != 0) names.emplace_back(kNames[i]);
  }
  return names;
}

}  // namespace sluice
