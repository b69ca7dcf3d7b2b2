// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/file_linker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/file_lowering.h"
#include "gateway/schema/silence.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/schema/source/proto_text.h"
#include "gateway/schema/stream_option.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr size_t kMostProblemsOfFile = 20;
constexpr size_t kDeepestImports = 1000;
// Protobuf looks at each import of a file, and at what that imports publicly, when it links the
// file and again for the elements in it. So much, in steps of some nanoseconds, for all files
// together.
constexpr uint64_t kMostReach = 1'000'000'000;
constexpr uint64_t kStepsOfFile = 16;
constexpr uint64_t kBytesOfElement = 8;

class LinkErrors final : public DescriptorPool::ErrorCollector {
 public:
  LinkErrors(const std::string& name, const FileLinker::Source& source)
      : name_(name), source_(source) {}

  void AddError(const std::string&, const std::string& element, const Message* descriptor,
                ErrorLocation location, const std::string& message) override {
    if (problems_.size() >= kMostProblemsOfFile) return;
    // Where the place is not known by line, the element says it.
    const std::string place = PlaceOf(element, descriptor, location);
    const bool repeats = place != name_ || element.empty() || element == name_;
    problems_.push_back(
        {place, Shown(repeats ? message : absl::StrCat(element, ": ", message), 500)});
  }

  // From here on errors name parts of the lowered form of the file.
  void LookIn(const FileDescriptorProto* lowered) { lowered_ = lowered; }

  bool empty() const { return problems_.empty(); }
  Problems Take() { return std::move(problems_); }

 private:
  std::string PlaceOf(const std::string& element, const Message* descriptor,
                      ErrorLocation location) const {
    if (source_.locations == nullptr) return Shown(name_);
    if (lowered_ != nullptr) descriptor = Unlowered(descriptor, *lowered_, *source_.file);
    int line = -1;
    int column = 0;
    if (location == IMPORT) {
      source_.locations->FindImport(descriptor, element, &line, &column);
    } else if (!source_.locations->Find(descriptor, location, &line, &column)) {
      source_.locations->Find(descriptor, NAME, &line, &column);
    }
    return PlaceInText(Shown(name_), line, column);
  }

  const std::string& name_;
  const FileLinker::Source& source_;
  const FileDescriptorProto* lowered_ = nullptr;
  Problems problems_;
};

// Null if every option (sluice.v1.stream) of the file could be read.
const MethodDescriptor* MethodWithUnreadOption(const FileDescriptor& file) {
  if (!IsStreamOptionOurs(*file.pool())) return nullptr;
  for (int i = 0; i < file.service_count(); ++i) {
    const ServiceDescriptor& service = *file.service(i);
    for (int j = 0; j < service.method_count(); ++j) {
      if (HasUnreadStreamOption(service.method(j)->options())) return service.method(j);
    }
  }
  return nullptr;
}

}  // namespace

FileLinker::FileLinker(Find find) : FileLinker(std::move(find), "missing") {}

FileLinker::FileLinker(Find find, std::string missing, size_t schema_bytes)
    : find_(std::move(find)),
      missing_(std::move(missing)),
      limits_(schema_bytes),
      reach_left_(kMostReach),
      pool_(std::make_unique<DescriptorPool>()) {
  // Without this, protobuf puts an empty message in the place of a file that is missing.
  pool_->EnforceWeakDependencies(true);
}

const FileDescriptor* FileLinker::Link(const std::string& name) {
  if (files_.count(name) == 0) Open(name);
  while (!open_.empty()) Step();
  return files_.at(name).state == State::kLinked ? pool_->FindFileByName(name) : nullptr;
}

const FileDescriptorProto* FileLinker::FileOf(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second.source.file;
}

std::string FileLinker::ReasonFor(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? "" : found->second.reason;
}

bool FileLinker::IsMissing(const std::string& name) const {
  const auto found = files_.find(name);
  return found != files_.end() && found->second.source.file == nullptr &&
         found->second.source.broken.empty();
}

void FileLinker::Open(const std::string& name) {
  File& file = files_[name];
  file.source = find_(name);
  if (file.source.file == nullptr && file.source.broken.empty()) {
    file.source.file = FindBundledFile(name);
  }
  if (!file.source.broken.empty()) {
    file.state = State::kBroken;
    file.reason = file.source.broken;
    if (!file.source.reported) problems_.push_back({Shown(name), file.reason});
    return;
  }
  if (file.source.file == nullptr) {
    file.state = State::kBroken;
    file.reason = absl::StrCat(Shown(name), " is ", missing_);
    return;
  }
  if (absl::Status taken = limits_.Take(*file.source.file); !taken.ok()) {
    Break(file, Shown(name), std::string(taken.message()));
    return;
  }
  open_.push_back(name);
}

void FileLinker::Step() {
  const std::string name = open_.back();
  File& file = files_.at(name);
  const FileDescriptorProto& proto = *file.source.file;
  if (file.next_import < proto.dependency_size()) {
    LookAtImport(name, proto.dependency(file.next_import++));
    return;
  }
  if (file.state == State::kOpen) LinkTop(name, file);
  open_.pop_back();
}

void FileLinker::LookAtImport(const std::string& importer, const std::string& import) {
  File& file = files_.at(importer);
  const auto found = files_.find(import);
  if (found == files_.end()) {
    if (open_.size() >= kDeepestImports) {
      Break(file, PlaceOfImport(importer, import),
            absl::StrCat("imports are nested more than ", kDeepestImports, " deep"));
      return;
    }
    --file.next_import;  // seen again when the import is done
    Open(import);
    return;
  }
  const File& other = found->second;
  if (other.state == State::kLinked) return;
  if (IsMissing(import)) {
    Break(file, PlaceOfImport(importer, import),
          absl::StrCat("imports \"", Shown(import), "\", which is ", missing_));
    return;
  }
  for (const std::string& open : open_) {
    if (open != import) continue;
    Break(file, PlaceOfImport(importer, import), absl::StrCat("imports itself: ", CycleTo(import)));
    return;
  }
  // What is wrong with the import is told once, at its own place.
  if (file.state == State::kBroken) return;
  file.state = State::kBroken;
  file.reason = other.reason;
}

bool FileLinker::TakeReach(File& file) {
  const FileDescriptorProto& proto = *file.source.file;
  uint64_t reach = 0;
  for (const std::string& import : proto.dependency()) {
    reach = std::min(kMostReach, reach + 1 + files_.at(import).public_reach);
  }
  for (const int index : proto.public_dependency()) {
    if (index < 0 || index >= proto.dependency_size()) continue;  // for protobuf to report
    const File& import = files_.at(proto.dependency(index));
    file.public_reach = std::min(kMostReach, file.public_reach + 1 + import.public_reach);
  }
  const uint64_t steps = reach * (kStepsOfFile + proto.ByteSizeLong() / kBytesOfElement);
  if (steps > reach_left_) return false;
  reach_left_ -= steps;
  return true;
}

void FileLinker::LinkTop(const std::string& name, File& file) {
  if (!TakeReach(file)) {
    Break(file, Shown(name), "its imports, and what they import publicly, are too many");
    return;
  }
  LinkErrors errors(name, file.source);
  const FileDescriptor* linked = nullptr;
  {
    Silence silence;
    const std::unique_ptr<const FileDescriptorProto> lowered =
        LowerFile(*file.source.file, *pool_, errors);
    errors.LookIn(lowered.get());
    if (errors.empty()) {
      linked = pool_->BuildFileCollectingErrors(lowered != nullptr ? *lowered : *file.source.file,
                                                &errors);
    }
  }
  Problems problems = errors.Take();
  if (linked == nullptr && problems.empty()) problems.push_back({Shown(name), "cannot be linked"});
  if (linked != nullptr) {
    if (const MethodDescriptor* method = MethodWithUnreadOption(*linked)) {
      problems.push_back({Shown(name), absl::StrCat("the option (sluice.v1.stream) of ",
                                                    Shown(method->full_name()),
                                                    " is no sluice.v1.StreamOptions")});
      linked = nullptr;
    }
  }
  if (linked != nullptr) {
    file.state = State::kLinked;
    return;
  }
  for (const Problem& problem : problems) Break(file, problem.where, problem.what);
}

void FileLinker::Break(File& file, const std::string& where, const std::string& what) {
  file.state = State::kBroken;
  if (file.reason.empty()) file.reason = absl::StrCat(where, ": ", what);
  problems_.push_back({where, what});
}

std::string FileLinker::PlaceOfImport(const std::string& importer,
                                      const std::string& import) const {
  const Source& source = files_.at(importer).source;
  int line = -1;
  int column = 0;
  if (source.locations != nullptr) {
    source.locations->FindImport(source.file, import, &line, &column);
  }
  return PlaceInText(Shown(importer), line, column);
}

std::string FileLinker::CycleTo(const std::string& name) const {
  std::string cycle;
  size_t first = open_.size();
  while (first > 0 && open_[first - 1] != name) --first;
  for (size_t i = first == 0 ? 0 : first - 1; i < open_.size(); ++i) {
    absl::StrAppend(&cycle, Shown(open_[i]), " → ");
  }
  return absl::StrCat(cycle, Shown(name));
}

}  // namespace sluice
