// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/import_circles.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/strong_components.h"

namespace sluice {
namespace {

constexpr size_t kMostNames = 12;

}  // namespace

std::string CircleText(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names.size() > kMostNames && i == kMostNames - 2) {
      absl::StrAppend(&text, " → …");
      i = names.size() - 2;
      continue;
    }
    absl::StrAppend(&text, i == 0 ? "" : " → ", Shown(names[i]));
  }
  return text;
}

std::vector<std::string> ImportCircles(const TypeIndex& index) {
  std::vector<std::vector<int>> imports(index.file_count());
  for (size_t i = 0; i < imports.size(); ++i) {
    const int file = static_cast<int>(i);
    for (const std::string& name : index.file(file).loose.proto.dependency()) {
      const int import = index.FindImport(file, name);
      if (import >= 0) imports[i].push_back(import);
    }
  }
  const std::vector<int> component = StrongComponents(imports);
  std::vector<std::string> of_component(imports.size());
  std::vector<bool> known(imports.size(), false);
  std::vector<std::string> reasons;
  for (size_t i = 0; i < imports.size(); ++i) {
    const int each = component[i];
    if (!known[each]) {
      known[each] = true;
      std::vector<std::string> names;
      for (const int file : ShortestCircle(imports, static_cast<int>(i))) {
        names.push_back(index.file(file).loose.proto.name());
      }
      if (!names.empty()) {
        of_component[each] =
            absl::StrCat(Shown(names.front()), ": imports itself: ", CircleText(names));
      }
    }
    reasons.push_back(of_component[each]);
  }
  return reasons;
}

}  // namespace sluice
