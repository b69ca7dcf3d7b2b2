// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/pool_linker.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/assembly/type_index.h"
#include "gateway/schema/editions/file_lowering.h"
#include "gateway/schema/silence.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::EnumValueDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;

constexpr size_t kMostFaultsOfFile = 20;

template <typename Elements>
bool Holds(const Elements& elements, const Message* wanted) {
  for (const auto& element : elements) {
    if (&element == wanted) return true;
  }
  return false;
}

// Finds the element of a file that lies at an address.
class ElementFinder final {
 public:
  ElementFinder(const FileDescriptorProto& file, const Message* wanted)
      : file_(file), wanted_(wanted) {}

  LinkFault Find() {
    bool found = FindExtension(file_.extension(), file_.package());
    for (const EnumDescriptorProto& type : file_.enum_type()) {
      found = found || FindInEnum(type, file_.package());
    }
    for (const DescriptorProto& type : file_.message_type()) {
      found = found || FindInMessage(type, file_.package());
    }
    for (const ServiceDescriptorProto& service : file_.service()) {
      found = found || FindMethod(service);
    }
    return fault_;
  }

 private:
  bool Is(LinkFault::Element element, const std::string& full_name) {
    fault_.element = element;
    fault_.full_name = full_name;
    return true;
  }

  template <typename Extensions>
  bool FindExtension(const Extensions& extensions, const std::string& prefix) {
    for (const FieldDescriptorProto& extension : extensions) {
      if (&extension != wanted_) continue;
      return Is(LinkFault::Element::kExtension, JoinedName(prefix, extension.name()));
    }
    return false;
  }

  bool FindInEnum(const EnumDescriptorProto& type, const std::string& prefix) {
    if (&type != wanted_ && !Holds(type.value(), wanted_)) return false;
    return Is(LinkFault::Element::kType, JoinedName(prefix, type.name()));
  }

  bool FindInMessage(const DescriptorProto& type, const std::string& prefix) {
    const std::string full_name = JoinedName(prefix, type.name());
    if (&type == wanted_ || Holds(type.field(), wanted_) || Holds(type.oneof_decl(), wanted_) ||
        Holds(type.extension_range(), wanted_)) {
      return Is(LinkFault::Element::kType, full_name);
    }
    if (FindExtension(type.extension(), full_name)) return true;
    for (const EnumDescriptorProto& nested : type.enum_type()) {
      if (FindInEnum(nested, full_name)) return true;
    }
    for (const DescriptorProto& nested : type.nested_type()) {
      if (FindInMessage(nested, full_name)) return true;
    }
    return false;
  }

  bool FindMethod(const ServiceDescriptorProto& service) {
    const std::string full_name = JoinedName(file_.package(), service.name());
    for (const MethodDescriptorProto& method : service.method()) {
      if (&method != wanted_) continue;
      return Is(LinkFault::Element::kMethod, JoinedName(full_name, method.name()));
    }
    return false;
  }

  const FileDescriptorProto& file_;
  const Message* const wanted_;
  LinkFault fault_;
};

class FaultCollector final : public DescriptorPool::ErrorCollector {
 public:
  explicit FaultCollector(const FileDescriptorProto& file) : file_(file) {}

  void AddError(const std::string&, const std::string& element, const Message* descriptor,
                ErrorLocation, const std::string& message) override {
    if (faults_.size() >= kMostFaultsOfFile) return;
    if (lowered_ != nullptr) descriptor = Unlowered(descriptor, *lowered_, file_);
    LinkFault& fault = faults_.emplace_back(ElementFinder(file_, descriptor).Find());
    fault.what = Shown(element.empty() ? message : absl::StrCat(element, ": ", message), 500);
  }

  // From here on errors name parts of the lowered form of the file.
  void LookIn(const FileDescriptorProto* lowered) { lowered_ = lowered; }

  bool empty() const { return faults_.empty(); }
  std::vector<LinkFault> Take() { return std::move(faults_); }

 private:
  const FileDescriptorProto& file_;
  const FileDescriptorProto* lowered_ = nullptr;
  std::vector<LinkFault> faults_;
};

}  // namespace

LinkedPool LinkFiles(const std::vector<FileDescriptorProto>& files) {
  LinkedPool linked;
  auto pool = std::make_unique<DescriptorPool>();
  std::set<std::string> missing;
  Silence silence;
  for (const FileDescriptorProto& file : files) {
    std::vector<LinkFault>& faults = linked.faults.emplace_back();
    bool whole = true;
    for (const std::string& import : file.dependency()) whole &= missing.count(import) == 0;
    if (whole) {
      FaultCollector collector(file);
      const std::unique_ptr<const FileDescriptorProto> lowered = LowerFile(file, *pool, collector);
      collector.LookIn(lowered.get());
      whole = collector.empty() && pool->BuildFileCollectingErrors(
                                       lowered != nullptr ? *lowered : file, &collector) != nullptr;
      faults = collector.Take();
      if (!whole && faults.empty()) faults.push_back({.what = "cannot be linked"});
    }
    if (!whole) missing.insert(file.name());
  }
  linked.pool = std::move(pool);
  return linked;
}

}  // namespace sluice
