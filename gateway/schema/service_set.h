// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/text/problem.h"
#include "gateway/schema/descriptor_limits.h"
#include "gateway/schema/schema_files.h"
#include "gateway/schema/skipped_method.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

class FileLinker;
class ProtoFolders;

// The services of one source with everything that their messages refer to. Owns the descriptors.
//
// Threads: immutable; any.
// Errors:  what is broken or incomplete costs the methods that need it; it is reported in
//          `problems`, and never fatal for the others.
class ServiceSet final {
 public:
  // `schema_bytes` is `limits.schema`.
  //
  // From loose files in any order; how names are looked up says SchemaAssembler. `others` are what
  // other services have said of themselves, where the last is looked for that is missing.
  static std::shared_ptr<const ServiceSet> FromSchemaFiles(
      const SchemaFiles& files, const std::vector<const SchemaFiles*>& others,
      size_t schema_bytes = kDefaultSchemaBytes);

  // The same. `services` names what is looked for; empty: every service of `files`. `source` names
  // the source in problems.
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
  // Whether a name is used that is nowhere, so that another service's files could help.
  bool misses_names() const;

 private:
  struct Descriptors;
  explicit ServiceSet(std::unique_ptr<Descriptors> descriptors);
  static std::shared_ptr<ServiceSet> FromLoose(const SchemaFiles& files,
                                               const std::vector<const SchemaFiles*>& others,
                                               size_t schema_bytes);
  static std::shared_ptr<ServiceSet> FromTexts(const ProtoFolders& folders,
                                               const std::vector<std::string>& files,
                                               FileLinker& linker);

  std::unique_ptr<Descriptors> descriptors_;
};

}  // namespace sluice
