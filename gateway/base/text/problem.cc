// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/problem.h"

#include "absl/strings/str_cat.h"

namespace sluice {

std::string ToText(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    absl::StrAppend(&text, problem.where, problem.where.empty() ? "" : ": ", problem.what, "\n");
  }
  return text;
}

}  // namespace sluice
