// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/service_set.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/observe/log.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/compiled_files.h"
#include "gateway/schema/source/proto_folders.h"
#include "gateway/schema/source/proto_text.h"

namespace sluice {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::ServiceDescriptor;

struct ServiceSet::Descriptors {
  std::unique_ptr<const DescriptorPool> pool;  // owns what `services` points to
  std::vector<const ServiceDescriptor*> services;
  Problems problems;
  std::vector<SkippedMethod> skipped;
};

namespace {

// The linked services of `wanted`; each of the others is a problem of `files`, and `skipped`.
std::vector<const ServiceDescriptor*> LinkServices(CompiledFiles& files, FileLinker& linker,
                                                   const std::vector<std::string>& wanted,
                                                   std::vector<SkippedMethod>& skipped) {
  std::vector<const ServiceDescriptor*> services;
  std::set<std::string> seen;
  for (const std::string& name : wanted) {
    if (!seen.insert(name).second) continue;
    const CompiledFiles::Home home = files.HomeOf(name);
    const FileDescriptor* linked = home.file.empty() ? nullptr : linker.Link(home.file);
    const ServiceDescriptor* service =
        linked == nullptr ? nullptr : linked->FindServiceByName(home.short_name);
    if (service != nullptr) {
      services.push_back(service);
      continue;
    }
    const std::string reason = absl::StrCat(
        "service ", Shown(name),
        " is left out: ", home.file.empty() ? "no file describes it" : linker.ReasonFor(home.file));
    files.Report(home.source, reason);
    skipped.push_back({.full_name = name, .path = absl::StrCat("/", name, "/"), .reason = reason});
  }
  return services;
}

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

void ReadDescriptorSets(const std::vector<std::string>& paths, size_t schema_bytes,
                        CompiledFiles& compiled) {
  for (const std::string& path : paths) {
    const absl::StatusOr<std::string> bytes = ReadWholeFile(path, LargestSchemaFile(schema_bytes));
    if (!bytes.ok()) {
      const bool is_large = absl::IsResourceExhausted(bytes.status());
      compiled.Report(path, absl::StrCat(bytes.status().message(),
                                         is_large ? SchemaLimitHint(schema_bytes) : ""));
      continue;
    }
    DescriptorSetFiles set = ParseDescriptorSet(path, *bytes, schema_bytes);
    for (const Problem& problem : set.problems) compiled.Report(problem.where, problem.what);
    for (FileDescriptorProto& file : set.files) compiled.Add(path, std::move(file));
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

std::shared_ptr<ServiceSet> ServiceSet::FromCompiled(CompiledFiles& files, FileLinker& linker,
                                                     const std::vector<std::string>& services) {
  auto made = std::make_unique<Descriptors>();
  made->services =
      LinkServices(files, linker, services.empty() ? files.services() : services, made->skipped);
  made->problems = files.problems();
  made->pool = linker.TakePool();
  return std::shared_ptr<ServiceSet>(new ServiceSet(std::move(made)));
}

std::shared_ptr<const ServiceSet> ServiceSet::FromFiles(const std::string& source,
                                                        std::vector<FileDescriptorProto> files,
                                                        std::vector<std::string> services,
                                                        size_t schema_bytes) {
  CompiledFiles compiled(source);
  for (FileDescriptorProto& file : files) compiled.Add(source, std::move(file));
  FileLinker linker([&compiled](const std::string& name) { return compiled.Find(name); }, "missing",
                    schema_bytes);
  return FromCompiled(compiled, linker, services);
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
  made->pool = linker.TakePool();
  return std::shared_ptr<ServiceSet>(new ServiceSet(std::move(made)));
}

std::vector<std::shared_ptr<const ServiceSet>> ServiceSet::FromNamedFiles(const NamedFiles& named,
                                                                          size_t schema_bytes) {
  const ProtoFolders folders(named.proto_path, schema_bytes);
  const std::string missing = MissingFrom(named, folders);
  TextFiles texts(folders);
  CompiledFiles compiled("descriptor_set");
  ReadDescriptorSets(named.descriptor_sets, schema_bytes, compiled);
  const FileLinker::Find in_texts = [&texts](const std::string& name) { return texts.Find(name); };
  const FileLinker::Find in_sets = [&compiled](const std::string& name) {
    return compiled.Find(name);
  };
  std::vector<std::shared_ptr<ServiceSet>> made;
  if (!named.files.empty()) {
    FileLinker linker(FirstOf(in_texts, in_sets), missing, schema_bytes);
    made.push_back(FromTexts(folders, named.files, linker));
  }
  if (!named.descriptor_sets.empty()) {
    // Without folders, the current one would be meant.
    const bool has_folders = !named.proto_path.empty() || !named.files.empty();
    FileLinker linker(has_folders ? FirstOf(in_sets, in_texts) : in_sets, missing, schema_bytes);
    made.push_back(FromCompiled(compiled, linker, {}));
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
