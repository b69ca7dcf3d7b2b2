// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/editions/file_lowering.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/editions/edition.h"
#include "gateway/schema/editions/feature_set.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/schema/editions/json_names.h"

// Two walks over the file: the first learns its types and marks open enums, so that the second
// knows what a field's type is, wherever in the file it stands.

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMostFaults = 20;

std::string Joined(const std::string& scope, const std::string& name) {
  return scope.empty() ? name : absl::StrCat(scope, ".", name);
}

// What a field's `type_name` stands for.
struct Target {
  enum class Kind { kUnknown, kMessage, kMapEntry, kOpenEnum, kClosedEnum };
  Kind kind = Kind::kUnknown;
  std::string full_name;

  bool is_message() const { return kind == Kind::kMessage || kind == Kind::kMapEntry; }
};

// The types that a file can name: its own, and those in the pool.
class TypeNames final {
 public:
  explicit TypeNames(const DescriptorPool& pool) : pool_(pool) {}

  void Add(const std::string& full_name, Target::Kind kind) { own_[full_name] = kind; }

  // `name` as it stands in an element of `scope`: with a leading dot, or relative to it or to
  // whatever is around it.
  Target Resolve(const std::string& name, std::string scope) const {
    if (absl::StartsWith(name, ".")) return Find(name.substr(1));
    while (true) {
      Target target = Find(Joined(scope, name));
      if (target.kind != Target::Kind::kUnknown || scope.empty()) return target;
      const size_t dot = scope.rfind('.');
      scope.resize(dot == std::string::npos ? 0 : dot);
    }
  }

 private:
  Target Find(const std::string& full_name) const {
    const auto own = own_.find(full_name);
    if (own != own_.end()) return {own->second, full_name};
    if (const EnumDescriptor* type = pool_.FindEnumTypeByName(full_name)) {
      return {IsOpen(*type) ? Target::Kind::kOpenEnum : Target::Kind::kClosedEnum, full_name};
    }
    if (const Descriptor* type = pool_.FindMessageTypeByName(full_name)) {
      const bool is_entry = type->options().map_entry();
      return {is_entry ? Target::Kind::kMapEntry : Target::Kind::kMessage, full_name};
    }
    return {};
  }

  const DescriptorPool& pool_;
  std::unordered_map<std::string, Target::Kind> own_;
};

bool NamesType(const FieldDescriptorProto& field) {
  return !field.has_type() || field.type() == FieldDescriptorProto::TYPE_ENUM ||
         field.type() == FieldDescriptorProto::TYPE_MESSAGE ||
         field.type() == FieldDescriptorProto::TYPE_GROUP;
}

// To protobuf the field is an int32 from here on, which has the same bytes.
void MakeNumberOfEnum(const Target& target, FieldDescriptorProto& field) {
  MarkOfEnum(target.full_name, *field.mutable_options());
  field.set_type(FieldDescriptorProto::TYPE_INT32);
  field.clear_type_name();
  field.clear_default_value();  // a name; without presence there is none, and else it is not shown
}

bool CanBePacked(const FieldDescriptorProto& field, const Target& target) {
  if (!field.has_type()) return target.kind == Target::Kind::kClosedEnum;
  return field.type() != FieldDescriptorProto::TYPE_STRING &&
         field.type() != FieldDescriptorProto::TYPE_BYTES &&
         field.type() != FieldDescriptorProto::TYPE_MESSAGE &&
         field.type() != FieldDescriptorProto::TYPE_GROUP;
}

class Lowering final {
 public:
  // `file` is a copy of `original`.
  Lowering(FileDescriptorProto& file, const FileDescriptorProto& original, Edition edition,
           const DescriptorPool& pool, DescriptorPool::ErrorCollector& errors)
      : file_(file), original_(original), edition_(edition), errors_(errors), types_(pool) {}

  // False after an error.
  bool Run();

 private:
  struct Scope {
    std::string name;
    FeatureSet features;
    bool is_map_entry = false;
  };

  template <typename Element>
  FeatureSet FeaturesOf(const Element& element, const FeatureSet& around);
  void Fail(const std::string& element, const Message& at, const std::string& what);

  void LearnMessage(DescriptorProto& message, const Scope& around);
  void LearnEnum(EnumDescriptorProto& type, const Scope& around);
  void LowerMessage(DescriptorProto& message, const Scope& around);
  void LowerField(FieldDescriptorProto& field, const Scope& scope, FeatureSet features);
  void LowerExtension(FieldDescriptorProto& field, const Scope& scope);
  void LowerType(FieldDescriptorProto& field, const Scope& scope, const FeatureSet& features);
  void CheckJsonNames(const DescriptorProto& message, const Scope& scope);

  FileDescriptorProto& file_;
  const FileDescriptorProto& original_;
  const Edition edition_;
  DescriptorPool::ErrorCollector& errors_;
  TypeNames types_;
  bool good_ = true;
  int faults_ = 0;
};

bool Lowering::Run() {
  const Scope top{file_.package(), FeaturesOf(file_, FeatureSet::DefaultsOf(edition_))};
  for (EnumDescriptorProto& type : *file_.mutable_enum_type()) LearnEnum(type, top);
  for (DescriptorProto& message : *file_.mutable_message_type()) LearnMessage(message, top);
  for (DescriptorProto& message : *file_.mutable_message_type()) LowerMessage(message, top);
  for (FieldDescriptorProto& field : *file_.mutable_extension()) LowerExtension(field, top);
  file_.set_syntax("proto2");
  MarkLowered(*file_.mutable_options());
  return good_;
}

template <typename Element>
FeatureSet Lowering::FeaturesOf(const Element& element, const FeatureSet& around) {
  const absl::StatusOr<FeatureSet> features = around.With(element.options());
  if (features.ok()) return *features;
  Fail(element.name(), element, std::string(features.status().message()));
  return around;
}

void Lowering::Fail(const std::string& element, const Message& at, const std::string& what) {
  good_ = false;
  if (++faults_ > kMostFaults) return;  // each place is searched for
  errors_.AddError(file_.name(), element, Unlowered(&at, file_, original_),
                   DescriptorPool::ErrorCollector::NAME, what);
}

void Lowering::LearnEnum(EnumDescriptorProto& type, const Scope& around) {
  const bool is_open = FeaturesOf(type, around.features).open_enums;
  if (is_open) MarkOpen(*type.mutable_options());
  types_.Add(Joined(around.name, type.name()),
             is_open ? Target::Kind::kOpenEnum : Target::Kind::kClosedEnum);
}

void Lowering::LearnMessage(DescriptorProto& message, const Scope& around) {
  const Scope scope{Joined(around.name, message.name()), FeaturesOf(message, around.features)};
  types_.Add(scope.name,
             message.options().map_entry() ? Target::Kind::kMapEntry : Target::Kind::kMessage);
  for (EnumDescriptorProto& type : *message.mutable_enum_type()) LearnEnum(type, scope);
  for (DescriptorProto& nested : *message.mutable_nested_type()) LearnMessage(nested, scope);
}

// Without the oneofs that proto3 makes up for `optional`, which stand last.
void DropSyntheticOneofs(DescriptorProto& message) {
  int first = message.oneof_decl_size();
  for (FieldDescriptorProto& field : *message.mutable_field()) {
    if (!field.proto3_optional() || !field.has_oneof_index()) continue;
    first = std::min(first, field.oneof_index());
    field.clear_oneof_index();
  }
  for (const FieldDescriptorProto& field : message.field()) {
    if (field.has_oneof_index()) first = std::max(first, field.oneof_index() + 1);
  }
  if (first < 0 || first >= message.oneof_decl_size()) return;
  message.mutable_oneof_decl()->DeleteSubrange(first, message.oneof_decl_size() - first);
}

void Lowering::LowerMessage(DescriptorProto& message, const Scope& around) {
  const absl::StatusOr<FeatureSet> own = around.features.With(message.options());
  const Scope scope{Joined(around.name, message.name()), own.ok() ? *own : around.features,
                    message.options().map_entry()};
  CheckJsonNames(message, scope);
  DropSyntheticOneofs(message);
  std::vector<FeatureSet> of_oneofs;
  for (const auto& oneof : message.oneof_decl()) {
    of_oneofs.push_back(FeaturesOf(oneof, scope.features));
  }
  for (FieldDescriptorProto& field : *message.mutable_field()) {
    const auto oneof = static_cast<size_t>(field.oneof_index());
    const bool is_member = field.has_oneof_index() && oneof < of_oneofs.size();
    LowerField(field, scope, FeaturesOf(field, is_member ? of_oneofs[oneof] : scope.features));
  }
  for (FieldDescriptorProto& field : *message.mutable_extension()) LowerExtension(field, scope);
  for (DescriptorProto& nested : *message.mutable_nested_type()) LowerMessage(nested, scope);
}

void Lowering::CheckJsonNames(const DescriptorProto& message, const Scope& scope) {
  if (!scope.features.unique_json_names || AllowsJsonNameConflicts(message.options())) return;
  const JsonNameConflict conflict = FindJsonNameConflict(message);
  if (!conflict) return;
  const FieldDescriptorProto& field = message.field(conflict.field);
  Fail(Joined(scope.name, field.name()), field,
       absl::StrCat("its JSON name \"", Shown(JsonNameOf(field)), "\" is that of field \"",
                    Shown(message.field(conflict.other).name()), "\" too"));
}

void Lowering::LowerField(FieldDescriptorProto& field, const Scope& scope, FeatureSet features) {
  const bool is_optional = field.proto3_optional();
  field.clear_proto3_optional();
  // A syntax has no features; its option says the same.
  if (edition_ < Edition::k2023 && field.options().has_packed()) {
    features.packed = field.options().packed();
  }
  LowerType(field, scope, features);
  const bool has_choice = field.label() != FieldDescriptorProto::LABEL_REPEATED &&
                          !field.has_oneof_index() && !is_optional && !scope.is_map_entry;
  if (!has_choice) return;
  if (features.presence == FeatureSet::Presence::kRequired) {
    field.set_label(FieldDescriptorProto::LABEL_REQUIRED);
  }
  if (features.presence == FeatureSet::Presence::kImplicit) {
    MarkWithoutPresence(*field.mutable_options());  // says nothing of a message
  }
}

void Lowering::LowerExtension(FieldDescriptorProto& field, const Scope& scope) {
  field.clear_proto3_optional();
  LowerType(field, scope, FeaturesOf(field, scope.features));
}

void Lowering::LowerType(FieldDescriptorProto& field, const Scope& scope,
                         const FeatureSet& features) {
  const Target target = NamesType(field) && !field.type_name().empty()
                            ? types_.Resolve(field.type_name(), scope.name)
                            : Target{};
  if (target.kind == Target::Kind::kOpenEnum) MakeNumberOfEnum(target, field);
  // Maps and their entries are never groups.
  if (features.delimited && target.kind == Target::Kind::kMessage && !scope.is_map_entry) {
    field.set_type(FieldDescriptorProto::TYPE_GROUP);
  }
  if (field.label() == FieldDescriptorProto::LABEL_REPEATED && CanBePacked(field, target)) {
    field.mutable_options()->set_packed(features.packed);
  }
}

// Whether the file can name a type of one that was lowered: proto3 takes no enum of a proto2 file.
bool ImportsLowered(const FileDescriptorProto& file, const DescriptorPool& pool) {
  std::vector<const FileDescriptor*> open;
  std::unordered_set<const FileDescriptor*> seen;
  for (const std::string& name : file.dependency()) open.push_back(pool.FindFileByName(name));
  while (!open.empty()) {
    const FileDescriptor* import = open.back();
    open.pop_back();
    if (import == nullptr || !seen.insert(import).second) continue;
    if (IsLowered(*import)) return true;
    for (int i = 0; i < import->public_dependency_count(); ++i) {
      open.push_back(import->public_dependency(i));
    }
  }
  return false;
}

bool NeedsLowering(const FileDescriptorProto& file, Edition edition, const DescriptorPool& pool) {
  if (IsOfEdition(file)) return true;
  return edition == Edition::kProto3 && (ImportsLowered(file, pool) || HasLegacyJsonNames(file));
}

// Walks two messages of the same shape side by side.
const Message* Counterpart(const Message* wanted, const Message& here, const Message& there) {
  if (&here == wanted) return &there;
  const Reflection& reflection = *here.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(here, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_extension()) continue;
    if (!field->is_repeated()) {
      const Message* found = Counterpart(wanted, reflection.GetMessage(here, field),
                                         reflection.GetMessage(there, field));
      if (found != nullptr) return found;
      continue;
    }
    const int size =
        std::min(reflection.FieldSize(here, field), reflection.FieldSize(there, field));
    for (int i = 0; i < size; ++i) {
      const Message* found = Counterpart(wanted, reflection.GetRepeatedMessage(here, field, i),
                                         reflection.GetRepeatedMessage(there, field, i));
      if (found != nullptr) return found;
    }
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<FileDescriptorProto> LowerFile(const FileDescriptorProto& file,
                                               const DescriptorPool& pool,
                                               DescriptorPool::ErrorCollector& errors) {
  const absl::StatusOr<Edition> edition = EditionOf(file);
  if (!edition.ok()) {
    errors.AddError(file.name(), file.name(), &file, DescriptorPool::ErrorCollector::OTHER,
                    std::string(edition.status().message()));
    return nullptr;
  }
  if (!NeedsLowering(file, *edition, pool)) return nullptr;
  auto lowered = std::make_unique<FileDescriptorProto>(file);
  if (!Lowering(*lowered, file, *edition, pool, errors).Run()) return nullptr;
  return lowered;
}

const Message* Unlowered(const Message* part, const FileDescriptorProto& lowered,
                         const FileDescriptorProto& file) {
  return Counterpart(part, lowered, file);
}

}  // namespace sluice
