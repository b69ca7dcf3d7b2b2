// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/schema/assembly/schema_units.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Which declarations go into which descriptor pool, and in which files. A name means one thing in a
// pool, so services whose types of one name differ get pools of their own.
//
// Bounds:    16 pools.
// Ownership: borrows the units.
// Threads:   one.
class PoolPlan final {
 public:
  explicit PoolPlan(const SchemaUnits& units) : units_(units) {}

  // The first name that means two things in the closure; empty: none.
  std::string ClashIn(const std::vector<int>& closure) const;

  // Finds or makes a pool for a closure without clash. -1: there are too many.
  int Add(const std::vector<int>& closure);

  // Adds to the first pool every declaration of the schema's own files that fits in: an Any may
  // hold what no method mentions.
  void AddRest();

  size_t pool_count() const { return pools_.size(); }

  struct Files {
    std::vector<google::protobuf::FileDescriptorProto> files;  // imports first
    std::vector<std::vector<int>> units;                       // of each
    // Units that need each other across files, and the files' names as a path: `a → b → a`.
    std::vector<std::pair<std::vector<int>, std::string>> circles;
  };
  // A file of the schema is one here, unless files need each other; these are taken apart.
  Files FilesOf(size_t pool) const;

 private:
  struct Pool {
    absl::flat_hash_map<std::string, int> units;  // by their names
    std::vector<int> order;
  };
  using Graph = std::vector<std::vector<int>>;

  bool Fits(const Pool& pool, const std::vector<int>& closure) const;
  std::vector<bool> FitWithNeeds(const Pool& pool) const;
  void Put(Pool& pool, const std::vector<int>& closure);
  bool AreAlike(int a, int b) const;
  // The unit that stands for one in a pool, -1: none.
  int Standing(const Pool& pool, int unit) const;
  Graph NeedsIn(const Pool& pool) const;
  std::vector<int> PiecesOf(const Pool& pool, const Graph& needs) const;
  google::protobuf::FileDescriptorProto FileOf(const std::vector<int>& units) const;
  std::string CirclePath(const std::vector<int>& members, const Pool& pool,
                         const Graph& needs) const;
  const std::string& FileName(int unit) const;

  const SchemaUnits& units_;
  std::vector<Pool> pools_;
  mutable std::map<std::pair<int, int>, bool> alike_;
};

}  // namespace sluice
