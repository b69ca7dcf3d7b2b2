// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/text/problem.h"
#include "gateway/schema/assembly/pool_plan.h"
#include "gateway/schema/assembly/schema_graph.h"
#include "gateway/schema/assembly/schema_units.h"
#include "gateway/schema/assembly/type_index.h"
#include "gateway/schema/skipped_method.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// Makes linked descriptors of loose files that a compiler or a library has made elsewhere, of which
// some are missing, lie under another name than that by which they are imported, or are broken.
//
// What a name means is looked up in the files that the user of the name imports, in all files of
// the schema, in the bundled ones, and in those of other services, in this order. What nobody
// needs is not missed; what is broken costs the methods that need it. The result does not depend
// on the order of the files.
//
// Bounds: DescriptorLimits for all files together, 16 pools, 12 attempts at linking, 1,000
// problems. Threads: one.
class SchemaAssembler final {
 public:
  struct Assembled {
    std::vector<std::unique_ptr<const google::protobuf::DescriptorPool>> pools;
    std::vector<const google::protobuf::ServiceDescriptor*> services;  // sorted by name
    std::vector<SkippedMethod> skipped;                                // sorted by name
    Problems problems;
    // Whether a name is used that is in no file: another service's files could bring it.
    bool misses_names = false;
  };

  // `source` is the place of problems that have no better one.
  // `schema_bytes`: of the limits.
  SchemaAssembler(std::string source, size_t schema_bytes)
      : source_(std::move(source)), schema_bytes_(schema_bytes) {}

  void AddFile(LooseFile file);
  // A file of another service.
  void AddOther(google::protobuf::FileDescriptorProto file);

  // `services`: full names; empty: all. `refusals`: why a service could not be had, by name.
  Assembled Assemble(std::vector<std::string> services,
                     const std::map<std::string, std::string>& refusals);

 private:
  struct Home {
    int file = -1;
    int service = -1;
  };

  void Report(const std::string& where, const std::string& what);
  void FillIndex();
  void FindHomes();
  void BreakFilesThatCannotBe(SchemaGraph& graph) const;
  // False if something new is broken, so that it must be done again.
  bool Attempt(SchemaGraph& graph, const std::vector<std::string>& services);
  bool LinkPool(SchemaGraph& graph, const SchemaUnits& units, const PoolPlan::Files& files);
  void CollectServices(const SchemaGraph& graph, const std::vector<std::string>& services,
                       const std::map<std::string, std::string>& refusals);
  void CollectMethods(const std::vector<const SchemaGraph::Method*>& methods,
                      const google::protobuf::ServiceDescriptor* service, const std::string& where);
  void SkipService(const std::string& name, const std::string& reason);

  const std::string source_;
  const size_t schema_bytes_;
  std::vector<LooseFile> own_;
  std::vector<LooseFile> others_;
  std::vector<std::string> file_faults_;  // by file of the index
  TypeIndex index_;
  std::map<std::string, Home> homes_;      // by service
  std::map<std::string, size_t> pool_of_;  // by service
  Assembled made_;
};

}  // namespace sluice
