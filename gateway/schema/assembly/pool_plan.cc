// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/pool_plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/import_circles.h"
#include "gateway/schema/assembly/strong_components.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::FileDescriptorProto;

constexpr size_t kMostPools = 16;

}  // namespace

const std::string& PoolPlan::FileName(int unit) const {
  return units_.graph().index().file(units_.unit(unit).file).loose.proto.name();
}

bool PoolPlan::AreAlike(int a, int b) const {
  if (a == b) return true;
  const auto [at, is_new] = alike_.try_emplace(std::minmax(a, b), false);
  if (is_new) at->second = units_.AreAlike(a, b);
  return at->second;
}

std::string PoolPlan::ClashIn(const std::vector<int>& closure) const {
  absl::flat_hash_map<std::string, int> seen;
  for (const int unit : closure) {
    for (const std::string& name : units_.unit(unit).names) {
      const auto [at, is_new] = seen.try_emplace(name, unit);
      if (is_new || AreAlike(at->second, unit)) continue;
      return absl::StrCat(Shown(name), " of ", Shown(FileName(at->second)), " and that of ",
                          Shown(FileName(unit)), " are not the same");
    }
  }
  return "";
}

bool PoolPlan::Fits(const Pool& pool, const std::vector<int>& closure) const {
  for (const int unit : closure) {
    for (const std::string& name : units_.unit(unit).names) {
      const auto found = pool.units.find(name);
      if (found != pool.units.end() && !AreAlike(found->second, unit)) return false;
    }
  }
  return true;
}

void PoolPlan::Put(Pool& pool, const std::vector<int>& closure) {
  for (const int unit : closure) {
    const std::vector<std::string>& names = units_.unit(unit).names;
    if (pool.units.contains(names.front())) continue;
    for (const std::string& name : names) pool.units.try_emplace(name, unit);
    pool.order.push_back(unit);
  }
}

int PoolPlan::Add(const std::vector<int>& closure) {
  for (size_t i = 0; i < pools_.size(); ++i) {
    if (!Fits(pools_[i], closure)) continue;
    Put(pools_[i], closure);
    return static_cast<int>(i);
  }
  if (pools_.size() >= kMostPools) return -1;
  Put(pools_.emplace_back(), closure);
  return static_cast<int>(pools_.size()) - 1;
}

int PoolPlan::Standing(const Pool& pool, int unit) const {
  const auto found = pool.units.find(units_.unit(unit).names.front());
  return found == pool.units.end() ? -1 : found->second;
}

// By unit: whether it means the same as what stands in the pool for its names, down to the last of
// what it needs.
std::vector<bool> PoolPlan::FitWithNeeds(const Pool& pool) const {
  std::vector<bool> fits(units_.size(), true);
  std::vector<std::vector<int>> users(units_.size());
  std::vector<int> open;
  for (int i = 0; i < units_.size(); ++i) {
    const int standing = Standing(pool, i);
    if (standing >= 0 && standing != i) users[standing].push_back(i);
    for (const int needed : units_.unit(i).needs) users[needed].push_back(i);
    if (standing < 0 || !Fits(pool, {i})) open.push_back(i);
  }
  while (!open.empty()) {
    const int unit = open.back();
    open.pop_back();
    if (!fits[unit]) continue;
    fits[unit] = false;
    open.insert(open.end(), users[unit].begin(), users[unit].end());
  }
  return fits;
}

void PoolPlan::AddRest() {
  if (pools_.empty()) pools_.emplace_back();
  const Pool& before = pools_.front();
  Pool rest = before;
  std::vector<int> wanted;
  for (int i = 0; i < units_.size(); ++i) {
    const SchemaUnits::Unit& unit = units_.unit(i);
    const bool own = units_.graph().index().file(unit.file).rank == TypeIndex::Rank::kOwn;
    if (own && unit.kind != SchemaUnits::Kind::kService) wanted.push_back(i);
  }
  for (size_t at = 0; at < wanted.size(); ++at) {
    const int unit = wanted[at];
    if (rest.units.contains(units_.unit(unit).names.front()) || !Fits(rest, {unit})) continue;
    Put(rest, {unit});
    for (const int needed : units_.unit(unit).needs) wanted.push_back(needed);
  }
  const std::vector<bool> fits = FitWithNeeds(rest);
  Pool made = before;
  for (const int unit : rest.order) {
    if (fits[unit]) Put(made, {unit});
  }
  pools_.front() = std::move(made);
}

PoolPlan::Graph PoolPlan::NeedsIn(const Pool& pool) const {
  std::vector<int> place(units_.size(), -1);
  for (size_t i = 0; i < pool.order.size(); ++i) place[pool.order[i]] = static_cast<int>(i);
  Graph needs(pool.order.size());
  for (size_t i = 0; i < pool.order.size(); ++i) {
    for (const int needed : units_.unit(pool.order[i]).needs) {
      const int standing = Standing(pool, needed);
      if (standing >= 0 && place[standing] != static_cast<int>(i)) {
        needs[i].push_back(place[standing]);
      }
    }
  }
  return needs;
}

// The piece of each unit of a pool: its file or, where files need each other, the units of it that
// do.
std::vector<int> PoolPlan::PiecesOf(const Pool& pool, const Graph& needs) const {
  std::map<int, int> file_of;  // original file ⇒ node
  for (const int unit : pool.order) file_of.try_emplace(units_.unit(unit).file, 0);
  int count = 0;
  for (auto& [file, node] : file_of) node = count++;
  Graph files(file_of.size());
  for (size_t i = 0; i < needs.size(); ++i) {
    const int from = file_of[units_.unit(pool.order[i]).file];
    for (const int to : needs[i]) {
      const int other = file_of[units_.unit(pool.order[to]).file];
      if (other != from) files[from].push_back(other);
    }
  }
  const std::vector<int> component = StrongComponents(files);
  std::vector<int> size_of(files.size(), 0);
  for (const int each : component) ++size_of[each];
  const std::vector<int> unit_component = StrongComponents(needs);
  std::map<std::pair<int, int>, int> piece_of;  // file, and component of units or -1
  std::vector<int> pieces;
  for (size_t i = 0; i < needs.size(); ++i) {
    const int file = file_of[units_.unit(pool.order[i]).file];
    const int part = size_of[component[file]] == 1 ? -1 : unit_component[i];
    pieces.push_back(
        piece_of.try_emplace({file, part}, static_cast<int>(piece_of.size())).first->second);
  }
  return pieces;
}

// The files through which units of a pool need each other.
std::string PoolPlan::CirclePath(const std::vector<int>& members, const Pool& pool,
                                 const Graph& needs) const {
  std::map<int, int> node_of;  // file of the index ⇒ node
  std::vector<std::string> names;
  for (const int member : members) {
    const int file = units_.unit(pool.order[member]).file;
    if (node_of.try_emplace(file, static_cast<int>(names.size())).second) {
      names.push_back(FileName(pool.order[member]));
    }
  }
  Graph files(names.size());
  for (const int member : members) {
    const int from = node_of.at(units_.unit(pool.order[member]).file);
    for (const int needed : needs[member]) {
      const auto to = node_of.find(units_.unit(pool.order[needed]).file);
      if (to != node_of.end() && to->second != from) files[from].push_back(to->second);
    }
  }
  std::vector<std::string> path;
  for (const int node : ShortestCircle(files, 0)) path.push_back(names[node]);
  return CircleText(path);
}

PoolPlan::Files PoolPlan::FilesOf(size_t index) const {
  const Pool& pool = pools_[index];
  const Graph needs = NeedsIn(pool);
  const std::vector<int> pieces = PiecesOf(pool, needs);
  const int count = pieces.empty() ? 0 : *std::max_element(pieces.begin(), pieces.end()) + 1;
  Graph imports(count);
  std::vector<std::vector<int>> members(count);
  for (size_t i = 0; i < needs.size(); ++i) {
    members[pieces[i]].push_back(static_cast<int>(i));
    for (const int needed : needs[i]) {
      if (pieces[needed] != pieces[i]) imports[pieces[i]].push_back(pieces[needed]);
    }
  }
  const std::vector<int> component = StrongComponents(imports);
  std::vector<std::vector<int>> in_order(count);  // lower components need nothing of higher ones
  for (int piece = 0; piece < count; ++piece) in_order[component[piece]].push_back(piece);

  Files made;
  std::map<int, std::string> name_of;
  std::set<std::string> names;
  for (const std::vector<int>& together : in_order) {
    if (together.empty()) continue;
    if (together.size() > 1) {
      std::vector<int> circle;
      for (const int piece : together) {
        circle.insert(circle.end(), members[piece].begin(), members[piece].end());
      }
      const std::string path = CirclePath(circle, pool, needs);
      for (int& unit : circle) unit = pool.order[unit];
      made.circles.emplace_back(std::move(circle), path);
    }
    const int piece = together.front();
    std::vector<int>& units = made.units.emplace_back();
    for (const int member : members[piece]) units.push_back(pool.order[member]);
    FileDescriptorProto& file = made.files.emplace_back(FileOf(units));
    for (int i = 2; !names.insert(file.name()).second; ++i) {
      file.set_name(absl::StrCat(FileName(units.front()), " (", i, ")"));
    }
    name_of[piece] = file.name();
    std::set<std::string> imported;
    for (const int import : imports[piece]) imported.insert(name_of[import]);
    for (const std::string& import : imported) file.add_dependency(import);
  }
  return made;
}

FileDescriptorProto PoolPlan::FileOf(const std::vector<int>& units) const {
  const int index = units_.unit(units.front()).file;
  const FileDescriptorProto& original = units_.graph().index().file(index).loose.proto;
  FileDescriptorProto file;
  file.set_name(original.name());
  file.set_package(original.package());
  if (original.has_syntax()) file.set_syntax(original.syntax());
  if (original.has_options()) *file.mutable_options() = original.options();
  // The edition is among them.
  file.mutable_unknown_fields()->MergeFrom(original.unknown_fields());
  for (const int unit : units) units_.AddTo(file, unit);
  return file;
}

}  // namespace sluice
