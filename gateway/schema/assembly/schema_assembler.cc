// SPDX-License-Identifier: Apache-2.0
// The idea: names are resolved first, by ourselves and leniently; then whole files are written anew
// that hold only what is not broken and import only what they need, and protobuf's linker, which is
// strict, sees these. What it still complains of is broken too, and the files are written again
// without that and all that needs it.
#include "gateway/schema/assembly/schema_assembler.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/breakage.h"
#include "gateway/schema/assembly/file_normalizer.h"
#include "gateway/schema/assembly/import_circles.h"
#include "gateway/schema/assembly/pool_linker.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/silence.h"
#include "gateway/schema/source/bundled_protos.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::ServiceDescriptor;
using google::protobuf::ServiceDescriptorProto;

constexpr int kMostAttempts = 12;
constexpr size_t kMostProblems = 1000;

struct KeyedFile {
  std::string bytes;
  LooseFile file;
};

// Sorted by name and content, each once.
std::vector<LooseFile> SortedOnce(std::vector<LooseFile> files) {
  std::vector<KeyedFile> keyed;
  for (LooseFile& file : files) {
    std::string bytes = file.proto.SerializeAsString();
    keyed.push_back({std::move(bytes), std::move(file)});
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const KeyedFile& a, const KeyedFile& b) {
    return std::tie(a.file.proto.name(), a.bytes) < std::tie(b.file.proto.name(), b.bytes);
  });
  std::vector<LooseFile> sorted;
  const std::string* last = nullptr;
  for (KeyedFile& each : keyed) {
    if (last != nullptr && *last == each.bytes) {
      std::vector<int>& groups = sorted.back().groups;
      groups.insert(groups.end(), each.file.groups.begin(), each.file.groups.end());
      continue;
    }
    last = &each.bytes;
    sorted.push_back(std::move(each.file));
  }
  return sorted;
}

}  // namespace

void SchemaAssembler::Report(const std::string& where, const std::string& what) {
  if (made_.problems.size() < kMostProblems) made_.problems.push_back({where, what});
}

void SchemaAssembler::AddFile(LooseFile file) {
  NormalizeFile(file.proto);
  own_.push_back(std::move(file));
}

void SchemaAssembler::AddOther(FileDescriptorProto file) {
  NormalizeFile(file);
  others_.push_back({.proto = std::move(file)});
}

void SchemaAssembler::FillIndex() {
  DescriptorLimits limits(schema_bytes_);
  const auto add = [&](TypeIndex::Rank rank, LooseFile file) {
    const absl::Status taken = limits.Take(file.proto);
    // What another service exaggerates is no fault of this one.
    if (!taken.ok() && rank == TypeIndex::Rank::kOther) return;
    file_faults_.push_back(
        taken.ok() ? "" : absl::StrCat(Shown(file.proto.name()), ": ", taken.message()));
    index_.Add(rank, std::move(file));
  };
  for (LooseFile& file : SortedOnce(std::move(own_))) {
    add(TypeIndex::Rank::kOwn, std::move(file));
  }
  for (const std::string& name : BundledFileNames()) {
    LooseFile file{.proto = *FindBundledFile(name)};
    NormalizeFile(file.proto);
    add(TypeIndex::Rank::kBundled, std::move(file));
  }
  for (LooseFile& file : SortedOnce(std::move(others_))) {
    add(TypeIndex::Rank::kOther, std::move(file));
  }
}

void SchemaAssembler::BreakFilesThatCannotBe(SchemaGraph& graph) const {
  std::vector<std::string> reasons = ImportCircles(index_);
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (!file_faults_[i].empty()) reasons[i] = file_faults_[i];
  }
  graph.BreakFiles(reasons);
}

void SchemaAssembler::FindHomes() {
  for (size_t i = 0; i < index_.file_count(); ++i) {
    const int file = static_cast<int>(i);
    const TypeIndex::File& each = index_.file(file);
    if (each.rank != TypeIndex::Rank::kOwn) continue;
    const FileDescriptorProto& proto = each.loose.proto;
    for (int j = 0; j < proto.service_size(); ++j) {
      const std::string name = JoinedName(proto.package(), proto.service(j).name());
      const auto [at, is_new] = homes_.try_emplace(name, Home{file, j});
      if (is_new) continue;
      const FileDescriptorProto& other = index_.file(at->second.file).loose.proto;
      if (other.service(at->second.service).SerializeAsString() ==
          proto.service(j).SerializeAsString()) {
        continue;
      }
      Report(each.loose.source,
             absl::StrCat("service ", Shown(name), " of file \"", Shown(proto.name()),
                          "\" is there already, in file \"", Shown(other.name()), "\""));
    }
  }
}

SchemaAssembler::Assembled SchemaAssembler::Assemble(
    std::vector<std::string> services, const std::map<std::string, std::string>& refusals) {
  const Silence silence;  // of names that are not UTF-8, whenever a file is written
  FillIndex();
  SchemaGraph graph(index_);
  made_.misses_names = !graph.missing().empty();
  FindHomes();
  if (services.empty()) {
    for (const auto& [name, home] : homes_) services.push_back(name);
  }
  std::sort(services.begin(), services.end());
  services.erase(std::unique(services.begin(), services.end()), services.end());
  BreakFilesThatCannotBe(graph);
  for (int i = 0; i < kMostAttempts; ++i) {
    graph.Propagate();
    const size_t broken = graph.CountBroken();
    if (Attempt(graph, services) || graph.CountBroken() == broken) break;
  }
  graph.Propagate();
  CollectServices(graph, services, refusals);
  return std::move(made_);
}

bool SchemaAssembler::Attempt(SchemaGraph& graph, const std::vector<std::string>& services) {
  const SchemaUnits units(graph);
  PoolPlan plan(units);
  pool_of_.clear();
  made_.pools.clear();
  bool whole = true;
  for (const std::string& name : services) {
    const auto home = homes_.find(name);
    if (home == homes_.end()) continue;
    const int unit = units.ServiceAt(home->second.file, home->second.service);
    if (unit < 0) continue;
    const std::vector<int> closure = units.Closure({unit});
    if (!plan.ClashIn(closure).empty()) {
      whole = false;
      BreakClashes(graph, units, plan, unit);
      continue;
    }
    const int pool = plan.Add(closure);
    if (pool >= 0) pool_of_[name] = static_cast<size_t>(pool);
  }
  if (!whole) return false;
  plan.AddRest();
  for (size_t i = 0; i < plan.pool_count(); ++i) {
    whole = LinkPool(graph, units, plan.FilesOf(i)) && whole;
  }
  return whole;
}

bool SchemaAssembler::LinkPool(SchemaGraph& graph, const SchemaUnits& units,
                               const PoolPlan::Files& files) {
  std::vector<std::string> reasons(units.size());
  for (const auto& [circle, path] : files.circles) {
    for (const int unit : circle) {
      const std::string& name = index_.file(units.unit(unit).file).loose.proto.name();
      reasons[unit] = absl::StrCat(Shown(name), ": its types need each other in a circle: ", path);
    }
  }
  if (!files.circles.empty()) {
    BreakUnits(graph, units, reasons);
    made_.pools.push_back(std::make_unique<DescriptorPool>());
    return false;
  }
  LinkedPool linked = LinkFiles(files.files);
  bool whole = true;
  for (size_t i = 0; i < files.files.size(); ++i) {
    if (linked.faults[i].empty()) continue;
    whole = false;
    BreakFaulty(graph, units, files.units[i], linked.faults[i]);
  }
  made_.pools.push_back(std::move(linked.pool));
  return whole;
}

void SchemaAssembler::CollectServices(const SchemaGraph& graph,
                                      const std::vector<std::string>& services,
                                      const std::map<std::string, std::string>& refusals) {
  std::map<std::string, std::vector<const SchemaGraph::Method*>> methods_of;
  for (const SchemaGraph::Method& method : graph.methods()) {
    const auto home = homes_.find(method.service_name);
    if (home == homes_.end() || home->second.file != method.file ||
        home->second.service != method.service) {
      continue;
    }
    methods_of[method.service_name].push_back(&method);
  }
  for (const std::string& name : services) {
    const auto pool = pool_of_.find(name);
    const ServiceDescriptor* service =
        pool == pool_of_.end() ? nullptr : made_.pools[pool->second]->FindServiceByName(name);
    if (service != nullptr) made_.services.push_back(service);
    const auto home = homes_.find(name);
    if (home == homes_.end()) {
      const auto refusal = refusals.find(name);
      SkipService(name, refusal == refusals.end()
                            ? "no file describes it"
                            : absl::StrCat("no file describes it: ", refusal->second));
      continue;
    }
    if (service == nullptr && methods_of[name].empty()) {
      SkipService(name, "its file cannot be linked");
      continue;
    }
    CollectMethods(methods_of[name], service, index_.file(home->second.file).loose.source);
  }
}

void SchemaAssembler::SkipService(const std::string& name, const std::string& reason) {
  const std::string text = absl::StrCat("service ", Shown(name), " is left out: ", reason);
  Report(source_, text);
  made_.skipped.push_back(
      {.full_name = name, .path = absl::StrCat("/", name, "/"), .reason = text});
}

void SchemaAssembler::CollectMethods(const std::vector<const SchemaGraph::Method*>& methods,
                                     const ServiceDescriptor* service, const std::string& where) {
  std::set<std::string> reasons;
  std::vector<SkippedMethod> skipped;
  for (const SchemaGraph::Method* method : methods) {
    if (service != nullptr && service->FindMethodByName(method->method->name()) != nullptr) {
      continue;
    }
    const std::string reason =
        method->broken.empty() ? "its types cannot be linked" : method->broken;
    reasons.insert(reason);
    skipped.push_back(
        {.full_name = method->full_name,
         .path = absl::StrCat("/", method->service_name, "/", method->method->name()),
         .reason = absl::StrCat("method ", Shown(method->full_name), " is left out: ", reason)});
  }
  const bool one_for_all = reasons.size() == 1 && skipped.size() == methods.size();
  if (one_for_all) {
    Report(where, absl::StrCat("service ", Shown(methods.front()->service_name),
                               " is left out: ", *reasons.begin()));
  }
  for (SkippedMethod& method : skipped) {
    if (!one_for_all) Report(where, method.reason);
    made_.skipped.push_back(std::move(method));
  }
}

}  // namespace sluice
