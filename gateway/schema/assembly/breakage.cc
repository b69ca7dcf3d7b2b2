// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/breakage.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

// The extension or the method of a name in a file, if it is whole.
template <typename Elements>
bool BreakElement(Elements& elements, int file, const std::string& full_name,
                  const std::string& reason) {
  bool found = false;
  for (auto& element : elements) {
    if (element.file != file || element.full_name != full_name || !element.broken.empty()) continue;
    element.broken = reason;
    found = true;
  }
  return found;
}

bool BreakTypes(SchemaGraph& graph, int file, const std::string& full_name,
                const std::string& reason) {
  bool found = false;
  for (const int type : graph.index().TypesNamed(full_name)) {
    if (graph.index().type(type).file != file || !graph.broken(type).empty()) continue;
    graph.BreakType(type, reason);
    found = true;
  }
  return found;
}

bool BreakFault(SchemaGraph& graph, int file, const LinkFault& fault, const std::string& reason) {
  switch (fault.element) {
    case LinkFault::Element::kType:
      return BreakTypes(graph, file, fault.full_name, reason);
    case LinkFault::Element::kExtension:
      return BreakElement(graph.extensions(), file, fault.full_name, reason);
    case LinkFault::Element::kMethod:
      return BreakElement(graph.methods(), file, fault.full_name, reason);
    case LinkFault::Element::kFile:
      break;
  }
  return false;
}

}  // namespace

void BreakUnits(SchemaGraph& graph, const SchemaUnits& units,
                const std::vector<std::string>& reasons) {
  for (size_t i = 0; i < graph.index().type_count(); ++i) {
    const int unit = units.UnitOfType(static_cast<int>(i));
    if (unit >= 0) graph.BreakType(static_cast<int>(i), reasons[unit]);
  }
  for (size_t i = 0; i < graph.extensions().size(); ++i) {
    const int unit = units.UnitOfExtension(static_cast<int>(i));
    SchemaGraph::Extension& extension = graph.extensions()[i];
    if (unit >= 0 && extension.broken.empty()) extension.broken = reasons[unit];
  }
  for (SchemaGraph::Method& method : graph.methods()) {
    const int unit = units.ServiceAt(method.file, method.service);
    if (unit >= 0 && method.broken.empty()) method.broken = reasons[unit];
  }
}

void BreakFaulty(SchemaGraph& graph, const SchemaUnits& units,
                 const std::vector<int>& units_of_file, const std::vector<LinkFault>& faults) {
  const int file = units.unit(units_of_file.front()).file;
  const std::string place = Shown(graph.index().file(file).loose.proto.name());
  bool found = false;
  for (const LinkFault& fault : faults) {
    found = BreakFault(graph, file, fault, absl::StrCat(place, ": ", fault.what)) || found;
  }
  if (found) return;
  std::vector<std::string> reasons(units.size());
  for (const int unit : units_of_file) reasons[unit] = absl::StrCat(place, ": ", faults[0].what);
  BreakUnits(graph, units, reasons);
}

void BreakClashes(SchemaGraph& graph, const SchemaUnits& units, const PoolPlan& plan,
                  int service_unit) {
  std::vector<int> together;
  for (size_t i = 0; i < graph.methods().size(); ++i) {
    SchemaGraph::Method& method = graph.methods()[i];
    if (!method.broken.empty() || units.ServiceAt(method.file, method.service) != service_unit) {
      continue;
    }
    std::vector<int> with = together;
    for (const int unit : units.UnitsOf(static_cast<int>(i))) {
      if (std::find(with.begin(), with.end(), unit) == with.end()) with.push_back(unit);
    }
    const std::string clash = plan.ClashIn(units.Closure(with));
    if (clash.empty()) {
      together = std::move(with);
    } else {
      method.broken = absl::StrCat("it needs two types of one name: ", clash);
    }
  }
}

}  // namespace sluice
