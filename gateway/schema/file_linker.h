// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Makes linked descriptors of loose files, imports first. Works off a list of its own, not by
// recursion: a chain of ten thousand imports must not take the stack.
//
// Bounds:    DescriptorLimits, 20 problems a file, imports nested 1,000 deep, and the time that
//            goes into searching through imports of imports.
// Ownership: owns the descriptors until TakePool(); borrows the files.
// Threads:   one.
// Errors:    a file that is broken, or imports one that is, is not linked.
class FileLinker final {
 public:
  struct Source {
    const google::protobuf::FileDescriptorProto* file = nullptr;  // null: there is no such file
    // Null: the file was compiled elsewhere.
    const google::protobuf::compiler::SourceLocationTable* locations = nullptr;
    // What is wrong with the file, where it is known before linking; empty: nothing.
    std::string broken;
    // Whether `broken` is in somebody's list of problems already.
    bool reported = false;
  };
  using Find = std::function<Source(const std::string& name)>;

  // `find` is asked once for each file that is needed, and before the bundled files.
  explicit FileLinker(Find find);
  // `missing` completes "imports "a.proto", which is …".
  FileLinker(Find find, std::string missing, size_t schema_bytes = kDefaultSchemaBytes);

  // The file of that name with all that it imports. Null if it is broken.
  const google::protobuf::FileDescriptor* Link(const std::string& name);

  // The file that Link() looked at; null if there is none, or none that could be read.
  const google::protobuf::FileDescriptorProto* FileOf(const std::string& name) const;

  // Why Link() gave null, as one sentence that names the file where the fault lies.
  std::string ReasonFor(const std::string& name) const;

  // True after a Link() that found no file of that name.
  bool IsMissing(const std::string& name) const;

  // What completes "imports "a.proto", which is …".
  const std::string& missing() const { return missing_; }

  // Every fault once, with its place.
  const Problems& problems() const { return problems_; }

  // Everything that was linked; immutable from here on. The linker is of no more use.
  std::unique_ptr<const google::protobuf::DescriptorPool> TakePool() { return std::move(pool_); }

 private:
  enum class State { kOpen, kLinked, kBroken };
  struct File {
    State state = State::kOpen;
    Source source;
    int next_import = 0;
    std::string reason;  // the first thing wrong
    // Imports that whoever imports this file sees through it: its public ones, and theirs, counted
    // by every way that leads to them.
    uint64_t public_reach = 0;
  };

  void Open(const std::string& name);
  // Looks at the next import of the file on top, or links it.
  void Step();
  void LookAtImport(const std::string& importer, const std::string& import);
  // False if protobuf would search through too many imports.
  bool TakeReach(File& file);
  void LinkTop(const std::string& name, File& file);
  void Break(File& file, const std::string& where, const std::string& what);
  std::string PlaceOfImport(const std::string& importer, const std::string& import) const;
  std::string CycleTo(const std::string& name) const;

  const Find find_;
  const std::string missing_;
  DescriptorLimits limits_;
  uint64_t reach_left_;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::map<std::string, File> files_;
  std::vector<std::string> open_;  // each imports the next
  Problems problems_;
};

}  // namespace sluice
