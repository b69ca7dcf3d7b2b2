// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/file_normalizer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/schema/assembly/map_entries.h"
#include "gateway/schema/editions/edition.h"
#include "google/protobuf/message.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FieldOptions;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::OneofDescriptorProto;
using google::protobuf::Reflection;

constexpr int kLargestFieldNumber = (1 << 29) - 1;

void DropUninterpreted(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_extension()) continue;
    if (field->name() == "uninterpreted_option") {
      reflection.ClearField(&message, field);
    } else if (!field->is_repeated()) {
      DropUninterpreted(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        DropUninterpreted(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

bool CanBePacked(const FieldDescriptorProto& field) {
  if (field.label() != FieldDescriptorProto::LABEL_REPEATED) return false;
  switch (field.type()) {
    case FieldDescriptorProto::TYPE_STRING:
    case FieldDescriptorProto::TYPE_BYTES:
    case FieldDescriptorProto::TYPE_MESSAGE:
    case FieldDescriptorProto::TYPE_GROUP:
      return false;
    default:
      return true;
  }
}

bool NamesItsType(const FieldDescriptorProto& field) {
  if (!field.has_type()) return true;
  return field.type() == FieldDescriptorProto::TYPE_MESSAGE ||
         field.type() == FieldDescriptorProto::TYPE_GROUP ||
         field.type() == FieldDescriptorProto::TYPE_ENUM;
}

// What a field and an extension have in common.
void NormalizeField(FieldDescriptorProto& field, bool proto3) {
  if (!field.has_label()) field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  if (proto3 && field.label() == FieldDescriptorProto::LABEL_REQUIRED) {
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  }
  if (!NamesItsType(field)) field.clear_type_name();
  if (field.json_name().empty() || field.json_name().find('\0') != std::string::npos) {
    field.clear_json_name();
  }
  if (proto3 || field.label() == FieldDescriptorProto::LABEL_REPEATED ||
      field.type() == FieldDescriptorProto::TYPE_MESSAGE ||
      field.type() == FieldDescriptorProto::TYPE_GROUP) {
    field.clear_default_value();
  }
  if (!field.has_options()) return;
  FieldOptions& options = *field.mutable_options();
  if (!CanBePacked(field)) options.clear_packed();
  options.clear_ctype();
  options.clear_jstype();
  options.clear_lazy();
  options.clear_unverified_lazy();
  options.clear_weak();
}

void NormalizeExtension(FieldDescriptorProto& extension, bool proto3) {
  NormalizeField(extension, proto3);
  if (extension.label() == FieldDescriptorProto::LABEL_REQUIRED) {
    extension.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  }
  extension.clear_json_name();  // it is always the full name in brackets
  extension.clear_oneof_index();
  extension.clear_proto3_optional();
}

void NormalizeEnum(EnumDescriptorProto& type, bool proto3) {
  type.clear_reserved_name();
  type.clear_reserved_range();
  std::set<int> numbers;
  int zero = -1;
  bool has_alias = false;
  for (int i = 0; i < type.value_size(); ++i) {
    has_alias |= !numbers.insert(type.value(i).number()).second;
    if (zero < 0 && type.value(i).number() == 0) zero = i;
  }
  if (has_alias) type.mutable_options()->set_allow_alias(true);
  if (!proto3 || zero < 0) return;
  for (int i = zero; i > 0; --i) type.mutable_value()->SwapElements(i, i - 1);
}

// Sorted and joined, without the numbers that are fields'.
void NormalizeExtensionRanges(DescriptorProto& message) {
  if (message.extension_range_size() == 0) return;
  const int most =
      message.options().message_set_wire_format() ? 0x7fffffff : kLargestFieldNumber + 1;
  std::vector<std::pair<int, int>> ranges;  // half open
  for (const DescriptorProto::ExtensionRange& range : message.extension_range()) {
    ranges.emplace_back(std::max(range.start(), 1), std::min(range.end(), most));
  }
  message.clear_extension_range();
  std::sort(ranges.begin(), ranges.end());
  std::set<int> taken;
  for (const FieldDescriptorProto& field : message.field()) taken.insert(field.number());
  int next = 1;
  const auto add = [&message](int start, int end) {
    if (start >= end) return;
    DescriptorProto::ExtensionRange& range = *message.add_extension_range();
    range.set_start(start);
    range.set_end(end);
  };
  for (const auto& [start, end] : ranges) {
    next = std::max(next, start);
    for (auto at = taken.lower_bound(next); at != taken.end() && *at < end; ++at) {
      add(next, *at);
      next = *at + 1;
    }
    add(next, end);
    next = std::max(next, end);
  }
}

// The oneofs of a message: real ones first, then one of its own for each optional field.
class Oneofs final {
 public:
  Oneofs(DescriptorProto& message, bool proto3) : message_(message), proto3_(proto3) {}

  void Normalize() {
    if (!IsNeeded()) return;
    std::vector<int> members(message_.oneof_decl_size(), 0);
    for (FieldDescriptorProto& field : *message_.mutable_field()) {
      DropWrongIndex(field);
      if (field.has_oneof_index()) ++members[field.oneof_index()];
    }
    for (FieldDescriptorProto& field : *message_.mutable_field()) DecideOptional(field, members);
    Rebuild();
    BringTogether();
  }

 private:
  bool IsNeeded() const {
    if (message_.oneof_decl_size() > 0) return true;
    return std::any_of(message_.field().begin(), message_.field().end(), [](const auto& field) {
      return field.has_oneof_index() || field.proto3_optional();
    });
  }

  void DropWrongIndex(FieldDescriptorProto& field) const {
    if (!field.has_oneof_index()) return;
    if (field.oneof_index() < 0 || field.oneof_index() >= message_.oneof_decl_size() ||
        field.label() == FieldDescriptorProto::LABEL_REPEATED) {
      field.clear_oneof_index();
      return;
    }
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  }

  void DecideOptional(FieldDescriptorProto& field, const std::vector<int>& members) const {
    if (!field.proto3_optional()) return;
    const bool alone = !field.has_oneof_index() || members[field.oneof_index()] == 1;
    const bool single = field.label() == FieldDescriptorProto::LABEL_OPTIONAL;
    if (proto3_ && alone && single) return;
    field.clear_proto3_optional();
    if (alone) field.clear_oneof_index();
  }

  void Rebuild() {
    std::vector<OneofDescriptorProto> old(message_.oneof_decl().begin(),
                                          message_.oneof_decl().end());
    std::vector<int> index(old.size(), -1);
    message_.clear_oneof_decl();
    std::vector<bool> used(old.size(), false);
    for (const FieldDescriptorProto& field : message_.field()) {
      if (field.has_oneof_index() && !field.proto3_optional()) used[field.oneof_index()] = true;
    }
    for (size_t i = 0; i < old.size(); ++i) {
      if (!used[i]) continue;
      index[i] = message_.oneof_decl_size();
      *message_.add_oneof_decl() = old[i];
    }
    std::set<std::string> names;
    for (const FieldDescriptorProto& field : message_.field()) names.insert(field.name());
    for (const DescriptorProto& type : message_.nested_type()) names.insert(type.name());
    for (const EnumDescriptorProto& type : message_.enum_type()) names.insert(type.name());
    for (const OneofDescriptorProto& oneof : message_.oneof_decl()) names.insert(oneof.name());
    for (FieldDescriptorProto& field : *message_.mutable_field()) {
      if (field.proto3_optional()) {
        std::string name = absl::StrCat("_", field.name());
        while (!names.insert(name).second) name.insert(0, "X");
        field.set_oneof_index(message_.oneof_decl_size());
        message_.add_oneof_decl()->set_name(name);
      } else if (field.has_oneof_index()) {
        field.set_oneof_index(index[field.oneof_index()]);
      }
    }
  }

  // The linker wants the fields of a oneof one after the other.
  void BringTogether() {
    std::vector<std::vector<int>> members(message_.oneof_decl_size());
    for (int i = 0; i < message_.field_size(); ++i) {
      if (message_.field(i).has_oneof_index()) {
        members[message_.field(i).oneof_index()].push_back(i);
      }
    }
    std::vector<FieldDescriptorProto> ordered;
    for (int i = 0; i < message_.field_size(); ++i) {
      FieldDescriptorProto& field = *message_.mutable_field(i);
      if (!field.has_oneof_index()) {
        ordered.push_back(std::move(field));
        continue;
      }
      const std::vector<int> together = std::exchange(members[field.oneof_index()], {});
      for (const int member : together) {
        ordered.push_back(*message_.mutable_field(member));
      }
    }
    message_.clear_field();
    for (FieldDescriptorProto& field : ordered) *message_.add_field() = std::move(field);
  }

  DescriptorProto& message_;
  const bool proto3_;
};

// Two fields cannot have one JSON name: where a library has given it, it is taken back.
void DropClashingJsonNames(DescriptorProto& message) {
  std::set<std::string> seen;
  std::set<std::string> twice;
  for (const FieldDescriptorProto& field : message.field()) {
    if (field.has_json_name() && !seen.insert(field.json_name()).second) {
      twice.insert(field.json_name());
    }
  }
  for (FieldDescriptorProto& field : *message.mutable_field()) {
    if (twice.count(field.json_name()) > 0) field.clear_json_name();
  }
}

// protobuf.js has extensions that are declared in a message among its fields. In the extended
// message it has a field for each, called by the full name of that, with a dot in front.
void SortExtensionsOut(DescriptorProto& message) {
  for (int i = message.field_size() - 1; i >= 0; --i) {
    if (message.field(i).has_extendee()) {
      *message.add_extension() = message.field(i);
      message.mutable_field()->DeleteSubrange(i, 1);
      continue;
    }
    if (!absl::StartsWith(message.field(i).name(), ".")) continue;
    DescriptorProto::ExtensionRange& range = *message.add_extension_range();
    range.set_start(message.field(i).number());
    range.set_end(message.field(i).number() + 1);
    message.mutable_field()->DeleteSubrange(i, 1);
  }
}

void NormalizeMessage(const FileDescriptorProto& file, DescriptorProto& message, bool proto3) {
  message.clear_reserved_name();
  message.clear_reserved_range();
  SortExtensionsOut(message);
  NormalizeMapFields(file, message);
  for (FieldDescriptorProto& field : *message.mutable_field()) {
    NormalizeField(field, proto3);
  }
  for (FieldDescriptorProto& field : *message.mutable_extension()) {
    NormalizeExtension(field, proto3);
  }
  DropClashingJsonNames(message);
  Oneofs(message, proto3).Normalize();
  NormalizeExtensionRanges(message);
  for (EnumDescriptorProto& type : *message.mutable_enum_type()) NormalizeEnum(type, proto3);
  for (DescriptorProto& type : *message.mutable_nested_type()) {
    NormalizeMessage(file, type, proto3);
  }
}

bool ExtendsNoOptions(const FieldDescriptorProto& extension) {
  return !absl::EndsWith(extension.extendee(), "Options");
}

bool BeginsElsewhereThanAtZero(const EnumDescriptorProto& type) {
  return type.value_size() > 0 && type.value(0).number() != 0;
}

// What proto3 does not allow: groups, extensions, enums without a zero.
bool HasPartsOfProto2(const DescriptorProto& message) {
  return message.extension_range_size() > 0 ||
         absl::c_any_of(message.field(),
                        [](const FieldDescriptorProto& field) {
                          return field.type() == FieldDescriptorProto::TYPE_GROUP;
                        }) ||
         absl::c_any_of(message.extension(), ExtendsNoOptions) ||
         absl::c_any_of(message.enum_type(), BeginsElsewhereThanAtZero) ||
         absl::c_any_of(message.nested_type(),
                        [](const DescriptorProto& type) { return HasPartsOfProto2(type); });
}

bool HasPartsOfProto2(const FileDescriptorProto& file) {
  return absl::c_any_of(file.extension(), ExtendsNoOptions) ||
         absl::c_any_of(file.enum_type(), BeginsElsewhereThanAtZero) ||
         absl::c_any_of(file.message_type(),
                        [](const DescriptorProto& type) { return HasPartsOfProto2(type); });
}

}  // namespace

void DropUninterpretedOptions(FileDescriptorProto& file) { DropUninterpreted(file); }

void NormalizeFile(FileDescriptorProto& file) {
  // Where comments stand differs between compilers and their flags, and is of no use here.
  file.clear_source_code_info();
  DropUninterpretedOptions(file);
  // A file that is not lite could not import one that is.
  if (file.has_options()) file.mutable_options()->clear_optimize_for();
  const bool proto3 = file.syntax() == "proto3";
  for (DescriptorProto& type : *file.mutable_message_type()) NormalizeMessage(file, type, proto3);
  for (DescriptorProto& type : *file.mutable_message_type()) {
    if (type.has_options()) type.mutable_options()->clear_map_entry();
  }
  for (EnumDescriptorProto& type : *file.mutable_enum_type()) NormalizeEnum(type, proto3);
  for (FieldDescriptorProto& field : *file.mutable_extension()) NormalizeExtension(field, proto3);
  // Some libraries call every file one of proto3. An edition can have it both ways.
  if (proto3 && HasPartsOfProto2(file)) SetEdition(Edition::kProto3, file);
}

}  // namespace sluice
