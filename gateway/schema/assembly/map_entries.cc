// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/map_entries.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::EnumValueDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::OneofDescriptorProto;

// `user_names` ⇒ `UserNamesEntry`.
std::string EntryNameFor(absl::string_view field) {
  std::string name;
  bool capital = true;
  for (const char byte : field) {
    if (byte == '_') {
      capital = true;
      continue;
    }
    name.push_back(capital ? absl::ascii_toupper(static_cast<unsigned char>(byte)) : byte);
    capital = false;
  }
  return absl::StrCat(name, "Entry");
}

bool CanBeKey(const FieldDescriptorProto& field) {
  switch (field.type()) {
    case FieldDescriptorProto::TYPE_DOUBLE:
    case FieldDescriptorProto::TYPE_FLOAT:
    case FieldDescriptorProto::TYPE_BYTES:
    case FieldDescriptorProto::TYPE_MESSAGE:
    case FieldDescriptorProto::TYPE_GROUP:
    case FieldDescriptorProto::TYPE_ENUM:
      return false;
    default:
      return field.type_name().empty();
  }
}

bool CanBeEntry(const DescriptorProto& type) {
  if (type.field_size() != 2 || type.nested_type_size() > 0 || type.enum_type_size() > 0 ||
      type.extension_size() > 0) {
    return false;
  }
  const bool in_order = type.field(0).number() == 1;
  const FieldDescriptorProto& key = type.field(in_order ? 0 : 1);
  const FieldDescriptorProto& value = type.field(in_order ? 1 : 0);
  return key.number() == 1 && value.number() == 2 && CanBeKey(key) &&
         key.label() != FieldDescriptorProto::LABEL_REPEATED &&
         value.label() != FieldDescriptorProto::LABEL_REPEATED &&
         value.type() != FieldDescriptorProto::TYPE_GROUP;
}

void BringIntoForm(DescriptorProto& entry) {
  if (entry.field(0).number() != 1) entry.mutable_field()->SwapElements(0, 1);
  for (int i = 0; i < 2; ++i) {
    FieldDescriptorProto& field = *entry.mutable_field(i);
    field.set_name(i == 0 ? "key" : "value");
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
    field.clear_json_name();
    field.clear_oneof_index();
    field.clear_proto3_optional();
    field.clear_default_value();
  }
  entry.clear_oneof_decl();
  entry.clear_extension_range();
}

// Whether `type_name`, as it stands in a field of `message`, may mean the type `entry` in it or, if
// that lies beside the message, of the file.
bool RefersTo(absl::string_view type_name, const std::string& scope, const std::string& entry) {
  if (type_name == entry) return true;
  if (scope.empty()) return type_name == absl::StrCat(".", entry);
  return absl::EndsWith(type_name, absl::StrCat(".", scope, ".", entry)) ||
         type_name == absl::StrCat(scope, ".", entry);
}

class MapFields final {
 public:
  MapFields(const FileDescriptorProto& file, DescriptorProto& message)
      : file_(file), message_(message) {
    for (const FieldDescriptorProto& field : message.field()) names_.insert(field.name());
    for (const OneofDescriptorProto& oneof : message.oneof_decl()) names_.insert(oneof.name());
    for (const EnumDescriptorProto& type : message.enum_type()) {
      names_.insert(type.name());
      for (const EnumValueDescriptorProto& value : type.value()) names_.insert(value.name());
    }
    for (const DescriptorProto& type : message.nested_type()) {
      if (type.options().map_entry()) {
        inner_.push_back(type);
      } else {
        names_.insert(type.name());
      }
    }
    for (const DescriptorProto& type : file.message_type()) {
      if (type.options().map_entry() && CanBeEntry(type)) outer_.push_back(&type);
    }
  }

  void Normalize() {
    if (inner_.empty() && outer_.empty()) return;
    auto& nested = *message_.mutable_nested_type();
    for (int i = nested.size() - 1; i >= 0; --i) {
      if (nested[i].options().map_entry()) nested.DeleteSubrange(i, 1);
    }
    std::vector<bool> used(inner_.size(), false);
    for (FieldDescriptorProto& field : *message_.mutable_field()) {
      if (field.type_name().empty()) continue;
      const DescriptorProto* entry = EntryOf(field, used);
      if (entry != nullptr) Give(field, *entry);
    }
    for (size_t i = 0; i < inner_.size(); ++i) {
      if (used[i] || !names_.insert(inner_[i].name()).second) continue;
      DescriptorProto& ordinary = *message_.add_nested_type();
      ordinary = inner_[i];
      ordinary.mutable_options()->clear_map_entry();
    }
  }

 private:
  // Some libraries name an entry as they would a type that stands beside it. Where two types have
  // the name, the field whose name made it means the entry.
  bool MeansEntry(const FieldDescriptorProto& field, const std::string& entry) const {
    if (names_.count(entry) == 0) return true;
    return absl::EqualsIgnoreCase(field.name(), entry) ||
           absl::EqualsIgnoreCase(EntryNameFor(field.name()), entry);
  }

  const DescriptorProto* EntryOf(const FieldDescriptorProto& field, std::vector<bool>& used) const {
    for (size_t i = 0; i < inner_.size(); ++i) {
      if (!CanBeEntry(inner_[i]) || !RefersTo(field.type_name(), message_.name(), inner_[i].name()))
        continue;
      if (!MeansEntry(field, inner_[i].name())) continue;
      used[i] = true;
      return &inner_[i];
    }
    for (const DescriptorProto* entry : outer_) {
      if (RefersTo(field.type_name(), file_.package(), entry->name()) &&
          names_.count(entry->name()) == 0) {
        return entry;
      }
    }
    return nullptr;
  }

  void Give(FieldDescriptorProto& field, const DescriptorProto& entry) {
    const std::string name = EntryNameFor(field.name());
    DescriptorProto& own = *message_.add_nested_type();
    own = entry;
    own.set_name(name);
    if (names_.insert(name).second) {
      BringIntoForm(own);
      field.set_label(FieldDescriptorProto::LABEL_REPEATED);
      field.clear_oneof_index();
      field.clear_proto3_optional();
    } else {
      // The name is taken: the entries can be had only as what they are on the wire.
      std::string free = absl::StrCat(name, "_");
      while (!names_.insert(free).second) free.push_back('_');
      own.set_name(free);
      own.mutable_options()->clear_map_entry();
    }
    field.set_type(FieldDescriptorProto::TYPE_MESSAGE);
    field.set_type_name(own.name());
  }

  const FileDescriptorProto& file_;
  DescriptorProto& message_;
  std::set<std::string> names_;  // taken in the message
  std::vector<DescriptorProto> inner_;
  std::vector<const DescriptorProto*> outer_;
};

}  // namespace

void NormalizeMapFields(const FileDescriptorProto& file, DescriptorProto& message) {
  if (message.options().map_entry()) return;  // of the message that it lies in
  MapFields(file, message).Normalize();
}

}  // namespace sluice
