// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/nearest_name.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"

namespace sluice {
namespace {

constexpr size_t kLongestName = 256;
constexpr size_t kMostNames = 100'000;

// Optimal string alignment distance, or `limit` + 1 as soon as it is sure to be more.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string NearestName(absl::string_view wanted, const std::vector<std::string>& known) {
  if (wanted.empty() || wanted.size() > kLongestName) return "";
  const std::string lower = absl::AsciiStrToLower(wanted);
  const std::string* nearest = nullptr;
  size_t fewest = kLongestName;
  const size_t count = std::min(known.size(), kMostNames);
  for (size_t i = 0; i < count; ++i) {
    const std::string& name = known[i];
    if (name.size() > kLongestName) continue;
    const size_t longer = std::max(name.size(), lower.size());
    const size_t allowed = std::min(std::max<size_t>(longer > 1 ? 1 : 0, longer / 3), fewest - 1);
    if (longer - std::min(name.size(), lower.size()) > allowed) continue;
    const size_t distance = EditDistance(lower, absl::AsciiStrToLower(name), allowed);
    if (distance > allowed) continue;
    nearest = &name;
    fewest = distance;
    if (fewest == 0) break;
  }
  return nearest == nullptr ? "" : *nearest;
}

}  // namespace sluice
