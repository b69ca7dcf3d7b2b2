// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/type_index.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;

constexpr size_t kMostDistances = 64;
constexpr size_t kMostScopes = 128;
// Names that are looked up in every scope around them, in bytes: some seconds.
constexpr uint64_t kMostLookedUp = 4'000'000'000;

bool ShareGroup(const std::vector<int>& a, const std::vector<int>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&b](int group) { return std::binary_search(b.begin(), b.end(), group); });
}

}  // namespace

std::string JoinedName(absl::string_view prefix, absl::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, ".", name);
}

void TypeIndex::Add(Rank rank, LooseFile loose) {
  std::sort(loose.groups.begin(), loose.groups.end());
  const int index = static_cast<int>(files_.size());
  files_.push_back({std::move(loose), rank});
  FileDescriptorProto& proto = files_.back().loose.proto;
  files_by_name_[proto.name()].push_back(index);
  for (DescriptorProto& message : *proto.mutable_message_type()) {
    AddMessage(index, -1, proto.package(), message);
  }
  for (EnumDescriptorProto& type : *proto.mutable_enum_type()) {
    AddType({.file = index,
             .full_name = JoinedName(proto.package(), type.name()),
             .enumeration = &type});
  }
}

void TypeIndex::AddMessage(int file, int parent, const std::string& prefix,
                           DescriptorProto& message) {
  const std::string full_name = JoinedName(prefix, message.name());
  const int index = static_cast<int>(types_.size());
  AddType({.file = file, .parent = parent, .full_name = full_name, .message = &message});
  for (EnumDescriptorProto& type : *message.mutable_enum_type()) {
    AddType({.file = file,
             .parent = index,
             .full_name = JoinedName(full_name, type.name()),
             .enumeration = &type});
  }
  for (DescriptorProto& type : *message.mutable_nested_type()) {
    AddMessage(file, index, full_name, type);
  }
}

void TypeIndex::AddType(Type type) {
  types_by_name_[type.full_name].push_back(static_cast<int>(types_.size()));
  types_.push_back(std::move(type));
}

int TypeIndex::FindImport(int importer, const std::string& name) const {
  const auto found = files_by_name_.find(name);
  if (found == files_by_name_.end()) return -1;
  const std::vector<int>& groups = files_[importer].loose.groups;
  for (const int file : found->second) {
    if (ShareGroup(groups, files_[file].loose.groups)) return file;
  }
  return found->second.front();
}

const absl::flat_hash_map<int, int>& TypeIndex::DistancesFrom(int file) const {
  const auto known = distances_.find(file);
  if (known != distances_.end()) return known->second;
  if (distances_.size() >= kMostDistances) distances_.clear();
  absl::flat_hash_map<int, int>& distances = distances_[file];
  distances[file] = 0;
  std::deque<int> open = {file};
  while (!open.empty()) {
    const int at = open.front();
    open.pop_front();
    const int next = distances[at] + 1;
    for (const std::string& name : files_[at].loose.proto.dependency()) {
      const int import = FindImport(at, name);
      if (import >= 0 && distances.try_emplace(import, next).second) open.push_back(import);
    }
  }
  return distances;
}

int TypeIndex::Choose(int file, const std::vector<int>& types) const {
  if (types.size() == 1) return types.front();
  for (const int type : types) {
    if (types_[type].file == file) return type;
  }
  const absl::flat_hash_map<int, int>& distances = DistancesFrom(file);
  const std::vector<int>& groups = files_[file].loose.groups;
  const auto rating = [&](int type) {
    const int home = types_[type].file;
    const auto found = distances.find(home);
    const int distance = found == distances.end() ? std::numeric_limits<int>::max() : found->second;
    // What came together belongs together, more than what is merely there.
    const int stranger = ShareGroup(groups, files_[home].loose.groups) ? 0 : 1;
    return std::make_tuple(distance, stranger, home);
  };
  return *std::min_element(types.begin(), types.end(),
                           [&](int a, int b) { return rating(a) < rating(b); });
}

const std::vector<int>& TypeIndex::TypesNamed(const std::string& full_name) const {
  static const std::vector<int>& none = *new std::vector<int>;
  const auto found = types_by_name_.find(full_name);
  return found == types_by_name_.end() ? none : found->second;
}

std::vector<std::string> TypeIndex::Candidates(const std::string& scope, const std::string& name) {
  if (name.empty()) return {};
  if (name[0] == '.') return {name.substr(1)};
  std::vector<std::string> names;
  for (size_t end = scope.size(); names.size() < kMostScopes;) {
    names.push_back(JoinedName(absl::string_view(scope).substr(0, end), name));
    if (end == 0) break;
    const size_t dot = end == 0 ? std::string::npos : scope.rfind('.', end - 1);
    end = dot == std::string::npos ? 0 : dot;
  }
  return names;
}

int TypeIndex::Find(int file, const std::string& scope, const std::string& name) const {
  for (const std::string& candidate : Candidates(scope, name)) {
    looked_up_ += candidate.size();
    if (looked_up_ > kMostLookedUp) return -1;
    const auto found = types_by_name_.find(candidate);
    if (found != types_by_name_.end()) return Choose(file, found->second);
  }
  return -1;
}

}  // namespace sluice
