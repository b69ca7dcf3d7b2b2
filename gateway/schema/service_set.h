// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

class CompiledFiles;
class FileLinker;
class ProtoFolders;

// A method that is known and not served, or a service none of whose methods is even known.
struct SkippedMethod {
  // kSchema: something is wrong with its schema, and the reason may tell what only operators are to
  // know. kRequestStream: browsers cannot call it.
  enum class Cause { kSchema, kRequestStream };

  std::string full_name;  // `demo.v1.Ticker.Watch`; of a service `demo.v1.Ticker`
  std::string path;       // `/demo.v1.Ticker/Watch`; of a service `/demo.v1.Ticker/`
  std::string upstream;   // the name in the configuration; empty in a ServiceSet
  std::string reason;     // a sentence
  Cause cause = Cause::kSchema;

  bool is_service() const { return path.ends_with('/'); }
};

// The services of one source with everything that their messages refer to. Owns the descriptors.
//
// Threads: immutable; any.
// Errors:  a service whose descriptors are broken or incomplete is left out and reported in
//          `problems`, never fatal for the others.
class ServiceSet final {
 public:
  // `schema_bytes` is `limits.schema`.
  //
  // From loose files in any order, as reflection gives them. `services` names what is looked for;
  // empty: every service of `files`. Imports that are missing are taken from the bundled ones (the
  // well-known types, google.api, google.rpc, sluice.v1). `source` names the source in problems.
  static std::shared_ptr<const ServiceSet> FromFiles(
      const std::string& source, std::vector<google::protobuf::FileDescriptorProto> files,
      std::vector<std::string> services, size_t schema_bytes = kDefaultSchemaBytes);

  // What an operator names: .proto files, which are compiled, and serialized FileDescriptorSets.
  struct NamedFiles {
    std::vector<std::string> proto_path;
    std::vector<std::string> files;
    std::vector<std::string> descriptor_sets;
  };

  // A set of the .proto files, and one of the descriptor sets, where any are named. An import that
  // one kind lacks is taken from the other, so that a file without a service is what types come
  // from. Problems say file, and line and column in a text.
  static std::vector<std::shared_ptr<const ServiceSet>> FromNamedFiles(
      const NamedFiles& named, size_t schema_bytes = kDefaultSchemaBytes);

  // The same of one kind alone.
  static std::shared_ptr<const ServiceSet> FromDescriptorSets(
      const std::vector<std::string>& files, size_t schema_bytes = kDefaultSchemaBytes);
  static std::shared_ptr<const ServiceSet> FromProtoFiles(
      const std::vector<std::string>& proto_path, const std::vector<std::string>& files,
      size_t schema_bytes = kDefaultSchemaBytes);

  ~ServiceSet();
  ServiceSet(const ServiceSet&) = delete;
  ServiceSet& operator=(const ServiceSet&) = delete;

  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const;
  const Problems& problems() const;
  // What of the services that were looked for is not served, and why.
  const std::vector<SkippedMethod>& skipped() const;

 private:
  struct Descriptors;
  explicit ServiceSet(std::unique_ptr<Descriptors> descriptors);
  static std::shared_ptr<ServiceSet> FromCompiled(CompiledFiles& files, FileLinker& linker,
                                                  const std::vector<std::string>& services);
  static std::shared_ptr<ServiceSet> FromTexts(const ProtoFolders& folders,
                                               const std::vector<std::string>& files,
                                               FileLinker& linker);

  std::unique_ptr<Descriptors> descriptors_;
};

}  // namespace sluice
