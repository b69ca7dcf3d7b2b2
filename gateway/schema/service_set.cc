// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/service_set.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/observe/log.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/file_normalizer.h"
#include "gateway/schema/assembly/schema_assembler.h"
#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/descriptor_set.h"
#include "gateway/schema/source/proto_folders.h"
#include "gateway/schema/source/proto_text.h"

namespace sluice {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::ServiceDescriptor;

struct ServiceSet::Descriptors {
  std::vector<std::unique_ptr<const DescriptorPool>> pools;  // own what `services` points to
  std::vector<const ServiceDescriptor*> services;
  Problems problems;
  std::vector<SkippedMethod> skipped;
  bool misses_names = false;
};

namespace {

// Reads and parses .proto files when they are first asked for.
class TextFiles final {
 public:
  explicit TextFiles(const ProtoFolders& folders) : folders_(folders) {}

  FileLinker::Source Find(const std::string& name) {
    const auto [at, is_new] = found_.try_emplace(name);
    if (is_new) at->second = Read(name);
    return at->second;
  }

  const Problems& problems() const { return problems_; }

 private:
  FileLinker::Source Read(const std::string& name) {
    FileLinker::Source source;
    const absl::StatusOr<std::string> text = folders_.Read(name);
    if (absl::IsNotFound(text.status())) return source;
    if (!text.ok()) {
      source.broken = std::string(text.status().message());
      return source;
    }
    const std::unique_ptr<ProtoText>& parsed =
        texts_.emplace_back(ParseProtoText(Shown(name), *text, problems_));
    if (parsed == nullptr) {
      source.broken = absl::StrCat(Shown(name), " has errors");
      source.reported = true;
      return source;
    }
    for (const Problem& warning : parsed->warnings) {
      LogWarning(absl::StrCat(warning.where, ": ", warning.what));
    }
    parsed->file.set_name(name);
    source.file = &parsed->file;
    source.locations = &parsed->locations;
    return source;
  }

  const ProtoFolders& folders_;
  std::map<std::string, FileLinker::Source> found_;
  std::vector<std::unique_ptr<ProtoText>> texts_;
  Problems problems_;
};

// What one kind of file has, or else the other.
FileLinker::Find FirstOf(FileLinker::Find first, FileLinker::Find second) {
  return [first = std::move(first), second = std::move(second)](const std::string& name) {
    FileLinker::Source source = first(name);
    const bool missing = source.file == nullptr && source.broken.empty();
    return missing ? second(name) : source;
  };
}

// The files of descriptor sets by name, for texts that import them.
class SetFiles final {
 public:
  explicit SetFiles(const SchemaFiles& files) {
    for (const LooseFile& file : files.files) {
      const auto [at, is_new] = files_.try_emplace(file.proto.name(), file.proto);
      if (is_new) NormalizeFile(at->second);
    }
  }

  FileLinker::Source Find(const std::string& name) const {
    FileLinker::Source source;
    const auto found = files_.find(name);
    if (found != files_.end()) source.file = &found->second;
    return source;
  }

 private:
  std::map<std::string, FileDescriptorProto> files_;
};

// Adds what the files import and do not have, as far as `linker` has it, with its own imports.
void AddImports(FileLinker& linker, SchemaFiles& files) {
  std::set<std::string> seen;
  for (const LooseFile& file : files.files) seen.insert(file.proto.name());
  for (size_t i = 0; i < files.files.size(); ++i) {
    const auto imports = files.files[i].proto.dependency();
    for (const std::string& name : imports) {
      if (!seen.insert(name).second) continue;
      const FileDescriptor* linked = linker.Link(name);
      if (linked == nullptr) continue;
      LooseFile added{.source = name};
      linked->CopyTo(&added.proto);
      added.proto.clear_service();  // what is served is said by the sets
      files.files.push_back(std::move(added));
    }
  }
}

// The services of a .proto file that cannot be linked; none of one that cannot even be parsed.
void SkipServicesOf(const FileDescriptorProto* file, const std::string& reason,
                    std::vector<SkippedMethod>& skipped) {
  if (file == nullptr) return;
  for (const google::protobuf::ServiceDescriptorProto& service : file->service()) {
    const std::string name = file->package().empty()
                                 ? service.name()
                                 : absl::StrCat(file->package(), ".", service.name());
    skipped.push_back({.full_name = name,
                       .path = absl::StrCat("/", name, "/"),
                       .upstream = "",
                       .reason = absl::StrCat("service ", Shown(name), " is left out: ", reason)});
  }
}

// Where an import was looked for, to complete "imports "a.proto", which is …".
std::string MissingFrom(const ServiceSet::NamedFiles& named, const ProtoFolders& folders) {
  if (named.proto_path.empty() && named.files.empty()) return "missing";
  return absl::StrCat("in none of the folders (", folders.ToString(), ")",
                      named.descriptor_sets.empty() ? "" : ", in no descriptor set",
                      " and not a bundled file");
}

// Files of types alone are fine beside others; all of them together must have a service.
Problem NoService(const ServiceSet::NamedFiles& named) {
  std::vector<std::string> all = named.files;
  all.insert(all.end(), named.descriptor_sets.begin(), named.descriptor_sets.end());
  if (all.size() == 1) return {all.front(), "has no service"};
  return {absl::StrJoin(all, ", "), "none of them has a service"};
}

}  // namespace

ServiceSet::ServiceSet(std::unique_ptr<Descriptors> descriptors)
    : descriptors_(std::move(descriptors)) {}

ServiceSet::~ServiceSet() = default;

const std::vector<const ServiceDescriptor*>& ServiceSet::services() const {
  return descriptors_->services;
}

const Problems& ServiceSet::problems() const { return descriptors_->problems; }

const std::vector<SkippedMethod>& ServiceSet::skipped() const { return descriptors_->skipped; }

bool ServiceSet::misses_names() const { return descriptors_->misses_names; }

std::shared_ptr<ServiceSet> ServiceSet::FromLoose(const SchemaFiles& files,
                                                  const std::vector<const SchemaFiles*>& others,
                                                  size_t schema_bytes) {
  SchemaAssembler assembler(files.source, schema_bytes);
  for (const LooseFile& file : files.files) assembler.AddFile(file);
  for (const SchemaFiles* other : others) {
    for (const LooseFile& file : other->files) assembler.AddOther(file.proto);
  }
  SchemaAssembler::Assembled assembled = assembler.Assemble(files.services, files.refusals);
  auto made = std::make_unique<Descriptors>();
  made->pools = std::move(assembled.pools);
  made->services = std::move(assembled.services);
  made->skipped = std::move(assembled.skipped);
  made->misses_names = assembled.misses_names;
  for (const Problem& problem : files.problems) {
    made->problems.push_back({problem.where.empty() ? files.source : problem.where, problem.what});
  }
  made->problems.insert(made->problems.end(), assembled.problems.begin(), assembled.problems.end());
  return std::shared_ptr<ServiceSet>(new ServiceSet(std::move(made)));
}

std::shared_ptr<const ServiceSet> ServiceSet::FromSchemaFiles(
    const SchemaFiles& files, const std::vector<const SchemaFiles*>& others, size_t schema_bytes) {
  return FromLoose(files, others, schema_bytes);
}

std::shared_ptr<const ServiceSet> ServiceSet::FromFiles(const std::string& source,
                                                        std::vector<FileDescriptorProto> files,
                                                        std::vector<std::string> services,
                                                        size_t schema_bytes) {
  SchemaFiles all{.source = source, .services = std::move(services)};
  for (FileDescriptorProto& file : files) {
    all.files.push_back({.proto = std::move(file), .source = source});
  }
  return FromLoose(all, {}, schema_bytes);
}

std::shared_ptr<ServiceSet> ServiceSet::FromTexts(const ProtoFolders& folders,
                                                  const std::vector<std::string>& files,
                                                  FileLinker& linker) {
  auto made = std::make_unique<Descriptors>();
  made->problems = folders.Check();
  std::set<std::string> seen;
  for (const std::string& file : files) {
    const std::string name = folders.ImportName(file);
    if (!seen.insert(name).second) continue;
    const FileDescriptor* linked = linker.Link(name);
    if (linked == nullptr && linker.IsMissing(name)) {
      made->problems.push_back({file, absl::StrCat("is ", linker.missing())});
    }
    if (linked == nullptr) {
      SkipServicesOf(linker.FileOf(name), linker.ReasonFor(name), made->skipped);
      continue;
    }
    for (int i = 0; i < linked->service_count(); ++i) made->services.push_back(linked->service(i));
  }
  made->problems.insert(made->problems.end(), linker.problems().begin(), linker.problems().end());
  made->pools.push_back(linker.TakePool());
  return std::shared_ptr<ServiceSet>(new ServiceSet(std::move(made)));
}

std::vector<std::shared_ptr<const ServiceSet>> ServiceSet::FromNamedFiles(const NamedFiles& named,
                                                                          size_t schema_bytes) {
  const ProtoFolders folders(named.proto_path, schema_bytes);
  const std::string missing = MissingFrom(named, folders);
  TextFiles texts(folders);
  SchemaFiles sets = ReadDescriptorSets(named.descriptor_sets, schema_bytes);
  const SetFiles set_files(sets);
  const FileLinker::Find in_texts = [&texts](const std::string& name) { return texts.Find(name); };
  const FileLinker::Find in_sets = [&set_files](const std::string& name) {
    return set_files.Find(name);
  };
  std::vector<std::shared_ptr<ServiceSet>> made;
  if (!named.files.empty()) {
    FileLinker linker(FirstOf(in_texts, in_sets), missing, schema_bytes);
    made.push_back(FromTexts(folders, named.files, linker));
  }
  if (!named.descriptor_sets.empty()) {
    // Without folders, the current one would be meant.
    if (!named.proto_path.empty() || !named.files.empty()) {
      FileLinker linker(FirstOf(in_sets, in_texts), missing, schema_bytes);
      AddImports(linker, sets);
    }
    made.push_back(FromLoose(sets, {}, schema_bytes));
  }
  if (made.empty()) return {};
  Problems& problems = made.front()->descriptors_->problems;
  problems.insert(problems.end(), texts.problems().begin(), texts.problems().end());
  bool is_empty = true;
  for (const auto& set : made) is_empty &= set->services().empty() && set->problems().empty();
  if (is_empty) problems.push_back(NoService(named));
  return {made.begin(), made.end()};
}

std::shared_ptr<const ServiceSet> ServiceSet::FromDescriptorSets(
    const std::vector<std::string>& files, size_t schema_bytes) {
  return FromNamedFiles({.proto_path = {}, .files = {}, .descriptor_sets = files}, schema_bytes)
      .front();
}

std::shared_ptr<const ServiceSet> ServiceSet::FromProtoFiles(
    const std::vector<std::string>& proto_path, const std::vector<std::string>& files,
    size_t schema_bytes) {
  return FromNamedFiles({.proto_path = proto_path, .files = files, .descriptor_sets = {}},
                        schema_bytes)
      .front();
}

}  // namespace sluice
