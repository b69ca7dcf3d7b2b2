// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/schema/schema_files.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Every type of a schema's files by name, and what a name means where it stands. There may be
// several types of one name: which one is meant follows from the file that uses it.
//
// Bounds:    those of what is added, and the time that goes into looking names up; past it nothing
//            is found. Imports are followed without recursion.
// Ownership: owns the files.
// Threads:   one.
class TypeIndex final {
 public:
  // In the order in which files are preferred where the imports do not say which one is meant.
  enum class Rank { kOwn, kBundled, kOther };

  struct File {
    LooseFile loose;
    Rank rank = Rank::kOwn;
  };
  // A message or an enum.
  struct Type {
    int file = 0;
    int parent = -1;  // the type that it is nested in
    std::string full_name;
    google::protobuf::DescriptorProto* message = nullptr;  // null: an enum
    google::protobuf::EnumDescriptorProto* enumeration = nullptr;
  };

  // A file of a rank after another's is added after it; for the rest, the order in which files are
  // added decides what is preferred. A file without declarations of types is fine.
  void Add(Rank rank, LooseFile file);

  size_t file_count() const { return files_.size(); }
  File& file(int index) { return files_[index]; }
  const File& file(int index) const { return files_[index]; }
  size_t type_count() const { return types_.size(); }
  const Type& type(int index) const { return types_[index]; }

  // The file that `importer` means by a name; -1: there is none.
  int FindImport(int importer, const std::string& name) const;

  // What `name`, as it stands in `scope` (`demo.v1.Room`) of a file, means; -1: nothing that is
  // here.
  int Find(int file, const std::string& scope, const std::string& name) const;

  // Types of that full name, none or some.
  const std::vector<int>& TypesNamed(const std::string& full_name) const;

  // The full names that `name` may stand for in `scope`, the first one first.
  static std::vector<std::string> Candidates(const std::string& scope, const std::string& name);

 private:
  void AddMessage(int file, int parent, const std::string& prefix,
                  google::protobuf::DescriptorProto& message);
  void AddType(Type type);
  int Choose(int file, const std::vector<int>& types) const;
  // Which files come how soon when the imports of a file are followed.
  const absl::flat_hash_map<int, int>& DistancesFrom(int file) const;

  std::deque<File> files_;
  std::vector<Type> types_;
  absl::flat_hash_map<std::string, std::vector<int>> types_by_name_;
  absl::flat_hash_map<std::string, std::vector<int>> files_by_name_;
  mutable absl::flat_hash_map<int, absl::flat_hash_map<int, int>> distances_;
  mutable uint64_t looked_up_ = 0;  // bytes
};

// `demo.v1` and `Room` ⇒ `demo.v1.Room`.
std::string JoinedName(absl::string_view prefix, absl::string_view name);

}  // namespace sluice
