// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/service_set.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
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

// Reads and parses .proto files when they are asked for.
class TextFiles final {
 public:
  explicit TextFiles(const ProtoFolders& folders) : folders_(folders) {}

  FileLinker::Source Find(const std::string& name) {
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

  Problems TakeProblems() { return std::move(problems_); }

 private:
  const ProtoFolders& folders_;
  std::vector<std::unique_ptr<ProtoText>> texts_;
  Problems problems_;
};

}  // namespace

ServiceSet::ServiceSet(std::unique_ptr<Descriptors> descriptors)
    : descriptors_(std::move(descriptors)) {}

ServiceSet::~ServiceSet() = default;

const std::vector<const ServiceDescriptor*>& ServiceSet::services() const {
  return descriptors_->services;
}

const Problems& ServiceSet::problems() const { return descriptors_->problems; }

const std::vector<SkippedMethod>& ServiceSet::skipped() const { return descriptors_->skipped; }

std::shared_ptr<const ServiceSet> ServiceSet::FromCompiled(CompiledFiles& files,
                                                           const std::vector<std::string>& services,
                                                           size_t schema_bytes) {
  FileLinker linker([&files](const std::string& name) { return files.Find(name); }, "missing",
                    schema_bytes);
  auto made = std::make_unique<Descriptors>();
  made->services =
      LinkServices(files, linker, services.empty() ? files.services() : services, made->skipped);
  made->problems = files.problems();
  made->pool = linker.TakePool();
  return std::shared_ptr<const ServiceSet>(new ServiceSet(std::move(made)));
}

std::shared_ptr<const ServiceSet> ServiceSet::FromFiles(const std::string& source,
                                                        std::vector<FileDescriptorProto> files,
                                                        std::vector<std::string> services,
                                                        size_t schema_bytes) {
  CompiledFiles compiled(source);
  for (FileDescriptorProto& file : files) compiled.Add(source, std::move(file));
  return FromCompiled(compiled, services, schema_bytes);
}

std::shared_ptr<const ServiceSet> ServiceSet::FromDescriptorSets(
    const std::vector<std::string>& files, size_t schema_bytes) {
  CompiledFiles compiled("descriptor_set");
  for (const std::string& path : files) {
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
    if (!set.files.empty() && compiled.services().empty()) {
      compiled.Report(path, "has no service");
    }
  }
  return FromCompiled(compiled, {}, schema_bytes);
}

std::shared_ptr<const ServiceSet> ServiceSet::FromProtoFiles(
    const std::vector<std::string>& proto_path, const std::vector<std::string>& files,
    size_t schema_bytes) {
  const ProtoFolders folders(proto_path, schema_bytes);
  TextFiles texts(folders);
  const std::string missing =
      absl::StrCat("in none of the folders (", folders.ToString(), ") and not a bundled file");
  FileLinker linker([&texts](const std::string& name) { return texts.Find(name); }, missing,
                    schema_bytes);
  auto made = std::make_unique<Descriptors>();
  made->problems = folders.Check();
  std::set<std::string> seen;
  for (const std::string& file : files) {
    const std::string name = folders.ImportName(file);
    if (!seen.insert(name).second) continue;
    const FileDescriptor* linked = linker.Link(name);
    if (linked == nullptr && linker.IsMissing(name)) {
      made->problems.push_back({file, absl::StrCat("is ", missing)});
    }
    if (linked == nullptr) continue;
    for (int i = 0; i < linked->service_count(); ++i) made->services.push_back(linked->service(i));
    if (linked->service_count() == 0) made->problems.push_back({file, "has no service"});
  }
  const Problems in_texts = texts.TakeProblems();
  made->problems.insert(made->problems.end(), in_texts.begin(), in_texts.end());
  made->problems.insert(made->problems.end(), linker.problems().begin(), linker.problems().end());
  made->pool = linker.TakePool();
  return std::shared_ptr<const ServiceSet>(new ServiceSet(std::move(made)));
}

}  // namespace sluice
