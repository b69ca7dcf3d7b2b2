// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_gaps.h"

#include <algorithm>
#include <set>

#include "gateway/schema/assembly/file_normalizer.h"
#include "gateway/schema/assembly/schema_graph.h"
#include "gateway/schema/assembly/type_index.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/source/bundled_protos.h"

namespace sluice {
namespace {

void FillIndex(const std::vector<LooseFile>& files, TypeIndex& index) {
  DescriptorLimits limits;
  const auto add = [&](TypeIndex::Rank rank, LooseFile file) {
    NormalizeFile(file.proto);
    if (limits.Take(file.proto).ok()) index.Add(rank, std::move(file));
  };
  for (const LooseFile& file : files) add(TypeIndex::Rank::kOwn, file);
  for (const std::string& name : BundledFileNames()) {
    add(TypeIndex::Rank::kBundled, {.proto = *FindBundledFile(name)});
  }
}

// By type: whether a method needs it, be it for an extension of what it needs.
std::vector<bool> NeededTypes(const SchemaGraph& graph) {
  std::vector<bool> needed(graph.index().type_count(), false);
  std::vector<int> open;
  const auto take = [&](int type) {
    if (type < 0 || needed[type]) return;
    needed[type] = true;
    open.push_back(type);
  };
  for (const SchemaGraph::Method& method : graph.methods()) {
    if (graph.index().file(method.file).rank != TypeIndex::Rank::kOwn) continue;
    take(method.input);
    take(method.output);
  }
  std::vector<std::vector<int>> extended(needed.size());
  for (const SchemaGraph::Extension& extension : graph.extensions()) {
    if (extension.extendee >= 0) extended[extension.extendee].push_back(extension.type);
  }
  while (!open.empty()) {
    const int type = open.back();
    open.pop_back();
    for (const int other : graph.needs(type)) take(other);
    for (const int other : extended[type]) take(other);
  }
  return needed;
}

}  // namespace

SchemaGaps FindGaps(const std::vector<LooseFile>& files) {
  TypeIndex index;
  FillIndex(files, index);
  const SchemaGraph graph(index);
  const std::vector<bool> needed = NeededTypes(graph);
  SchemaGaps gaps;
  std::set<std::vector<std::string>> names;
  for (const SchemaGraph::MissingName& missing : graph.missing()) {
    if (missing.user >= 0 && !needed[missing.user]) continue;
    const auto [at, is_new] = names.insert(TypeIndex::Candidates(missing.scope, missing.name));
    if (is_new) gaps.names.push_back(*at);
  }
  for (size_t i = 0; i < index.type_count(); ++i) {
    const TypeIndex::Type& type = index.type(static_cast<int>(i));
    if (!needed[i] || type.message == nullptr || type.message->extension_range_size() == 0)
      continue;
    gaps.extendable.push_back(type.full_name);
  }
  for (const SchemaGraph::Extension& extension : graph.extensions()) {
    if (extension.extendee < 0) continue;
    gaps.extensions.emplace_back(index.type(extension.extendee).full_name,
                                 extension.field->number());
  }
  std::sort(gaps.extensions.begin(), gaps.extensions.end());
  return gaps;
}

}  // namespace sluice
