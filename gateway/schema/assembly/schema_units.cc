// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_units.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/edition.h"
#include "google/protobuf/unknown_field_set.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::ServiceDescriptorProto;

// Options that say nothing about bytes or JSON differ from compiler to compiler.
void DropSilentOptions(FieldDescriptorProto& field) {
  const bool has_packed = field.options().has_packed();
  const bool packed = field.options().packed();
  field.clear_options();
  if (has_packed) field.mutable_options()->set_packed(packed);
}

void DropSilentOptions(EnumDescriptorProto& type) {
  type.clear_options();
  for (auto& value : *type.mutable_value()) value.clear_options();
}

void DropSilentOptions(DescriptorProto& message) {
  const bool map_entry = message.options().map_entry();
  const bool message_set = message.options().message_set_wire_format();
  message.clear_options();
  if (map_entry) message.mutable_options()->set_map_entry(true);
  if (message_set) message.mutable_options()->set_message_set_wire_format(true);
  for (auto& oneof : *message.mutable_oneof_decl()) oneof.clear_options();
  for (FieldDescriptorProto& field : *message.mutable_field()) DropSilentOptions(field);
  for (FieldDescriptorProto& field : *message.mutable_extension()) DropSilentOptions(field);
  for (EnumDescriptorProto& type : *message.mutable_enum_type()) DropSilentOptions(type);
  for (DescriptorProto& type : *message.mutable_nested_type()) DropSilentOptions(type);
}

std::string WhatCounts(FileDescriptorProto file) {
  // There any option may hold features.
  if (IsOfEdition(file)) return file.SerializeAsString();
  for (DescriptorProto& type : *file.mutable_message_type()) DropSilentOptions(type);
  for (EnumDescriptorProto& type : *file.mutable_enum_type()) DropSilentOptions(type);
  for (FieldDescriptorProto& field : *file.mutable_extension()) DropSilentOptions(field);
  return file.SerializeAsString();
}

void ClearFields(DescriptorProto& message) {
  message.clear_field();
  message.clear_oneof_decl();
  message.clear_extension_range();
  message.clear_options();
}

}  // namespace

SchemaUnits::SchemaUnits(const SchemaGraph& graph)
    : graph_(graph),
      unit_of_type_(graph.index().type_count(), -1),
      nested_(graph.index().type_count()),
      extends_(graph.index().type_count()) {
  for (size_t i = 0; i < graph_.extensions().size(); ++i) {
    const SchemaGraph::Extension& extension = graph_.extensions()[i];
    if (extension.holder >= 0) extends_[extension.holder].push_back(static_cast<int>(i));
  }
  for (size_t i = 0; i < graph_.methods().size(); ++i) {
    const SchemaGraph::Method& method = graph_.methods()[i];
    methods_of_[{method.file, method.service}].push_back(static_cast<int>(i));
  }
  AddTypes();
  AddExtensions();
  AddServices();
  for (Unit& unit : units_) {
    std::sort(unit.needs.begin(), unit.needs.end());
    unit.needs.erase(std::unique(unit.needs.begin(), unit.needs.end()), unit.needs.end());
  }
}

int SchemaUnits::AddUnit(int file, Kind kind, int place) {
  units_.push_back({.file = file, .kind = kind, .place = place});
  return size() - 1;
}

void SchemaUnits::AddTypes() {
  const TypeIndex& index = graph_.index();
  // Types come after those that they are nested in, so from the last to the first a type's own
  // children are done.
  for (int i = static_cast<int>(index.type_count()) - 1; i >= 0; --i) {
    const int parent = index.type(i).parent;
    if (parent < 0) continue;
    nested_[parent].push_back(i);
    if (IsAlive(i) && !graph_.broken(parent).empty()) shells_[parent] = true;
  }
  std::vector<int> enums(index.file_count(), 0);
  for (size_t i = 0; i < index.type_count(); ++i) {
    const int type = static_cast<int>(i);
    const TypeIndex::Type& entry = index.type(type);
    if (entry.parent >= 0) {
      unit_of_type_[type] = unit_of_type_[entry.parent];
      continue;
    }
    const bool is_message = entry.message != nullptr;
    const int place = is_message ? type : enums[entry.file]++;
    if (!IsAlive(type)) continue;
    unit_of_type_[type] = AddUnit(entry.file, is_message ? Kind::kMessage : Kind::kEnum, place);
    units_.back().names.push_back(entry.full_name);
  }
  for (size_t i = 0; i < index.type_count(); ++i) {
    const int type = static_cast<int>(i);
    if (!graph_.broken(type).empty()) continue;
    for (const int needed : graph_.needs(type)) Need(unit_of_type_[type], needed);
  }
}

void SchemaUnits::Need(int unit, int type) {
  const int needed = type < 0 ? -1 : unit_of_type_[type];
  if (needed >= 0 && needed != unit) units_[unit].needs.push_back(needed);
}

void SchemaUnits::AddExtensions() {
  std::vector<int> places(graph_.index().file_count(), 0);
  unit_of_extension_.assign(graph_.extensions().size(), -1);
  for (size_t i = 0; i < graph_.extensions().size(); ++i) {
    const SchemaGraph::Extension& extension = graph_.extensions()[i];
    const int place = extension.holder < 0 ? places[extension.file]++ : 0;
    if (!extension.broken.empty()) continue;
    int unit = -1;
    if (extension.holder < 0) {
      unit = AddUnit(extension.file, Kind::kExtension, place);
      units_.back().names.push_back(extension.full_name);
    } else {
      unit = unit_of_type_[extension.holder];
    }
    if (unit < 0) continue;  // what it lies in is broken
    unit_of_extension_[i] = unit;
    units_[unit].names.push_back(
        absl::StrCat(extension.field->extendee(), "#", extension.field->number()));
    Need(unit, extension.extendee);
    Need(unit, extension.type);
    const int extended = unit_of_type_[extension.extendee];
    const bool own = graph_.index().file(extension.file).rank == TypeIndex::Rank::kOwn;
    if (own && extended != unit) extensions_of_[extended].push_back(unit);
  }
}

void SchemaUnits::AddServices() {
  const TypeIndex& index = graph_.index();
  for (size_t i = 0; i < index.file_count(); ++i) {
    const FileDescriptorProto& proto = index.file(static_cast<int>(i)).loose.proto;
    for (int j = 0; j < proto.service_size(); ++j) AddService(static_cast<int>(i), j);
  }
}

void SchemaUnits::AddService(int file, int service) {
  const FileDescriptorProto& proto = graph_.index().file(file).loose.proto;
  bool is_alive = proto.service(service).method_size() == 0;
  const std::vector<int>& methods = methods_of_[{file, service}];
  for (const int at : methods) is_alive |= graph_.methods()[at].broken.empty();
  if (!is_alive) return;
  const int unit = AddUnit(file, Kind::kService, service);
  service_units_[{file, service}] = unit;
  units_.back().names.push_back(JoinedName(proto.package(), proto.service(service).name()));
  for (const int at : methods) {
    const SchemaGraph::Method& method = graph_.methods()[at];
    if (!method.broken.empty()) continue;
    Need(unit, method.input);
    Need(unit, method.output);
  }
}

int SchemaUnits::ServiceAt(int file, int service) const {
  const auto found = service_units_.find({file, service});
  return found == service_units_.end() ? -1 : found->second;
}

std::vector<int> SchemaUnits::UnitsOf(int method) const {
  const SchemaGraph::Method& entry = graph_.methods()[method];
  std::vector<int> units;
  for (const int type : {entry.input, entry.output}) {
    if (type >= 0 && unit_of_type_[type] >= 0) units.push_back(unit_of_type_[type]);
  }
  return units;
}

std::vector<int> SchemaUnits::Closure(std::vector<int> closure) const {
  std::vector<bool> seen(units_.size(), false);
  for (const int unit : closure) seen[unit] = true;
  for (size_t at = 0; at < closure.size(); ++at) {
    const auto take = [&](int needed) {
      if (seen[needed]) return;
      seen[needed] = true;
      closure.push_back(needed);
    };
    for (const int needed : units_[closure[at]].needs) take(needed);
    const auto extensions = extensions_of_.find(closure[at]);
    if (extensions == extensions_of_.end()) continue;
    for (const int extension : extensions->second) take(extension);
  }
  return closure;
}

DescriptorProto SchemaUnits::Message(int type) const {
  DescriptorProto message = *graph_.index().type(type).message;
  if (!graph_.broken(type).empty()) ClearFields(message);
  message.clear_nested_type();
  message.clear_enum_type();
  message.clear_extension();
  // In the order of the file: they were found from the last to the first.
  for (auto at = nested_[type].rbegin(); at != nested_[type].rend(); ++at) {
    if (!IsAlive(*at)) continue;
    const TypeIndex::Type& entry = graph_.index().type(*at);
    if (entry.message != nullptr) {
      *message.add_nested_type() = Message(*at);
    } else {
      *message.add_enum_type() = *entry.enumeration;
    }
  }
  for (const int at : extends_[type]) {
    const SchemaGraph::Extension& extension = graph_.extensions()[at];
    if (extension.broken.empty()) *message.add_extension() = *extension.field;
  }
  return message;
}

ServiceDescriptorProto SchemaUnits::Service(int unit) const {
  const Unit& entry = units_[unit];
  ServiceDescriptorProto service = graph_.index().file(entry.file).loose.proto.service(entry.place);
  service.clear_method();
  for (const int at : methods_of_.at({entry.file, entry.place})) {
    const SchemaGraph::Method& method = graph_.methods()[at];
    if (method.broken.empty()) *service.add_method() = *method.method;
  }
  return service;
}

void SchemaUnits::AddTo(FileDescriptorProto& file, int unit) const {
  const Unit& entry = units_[unit];
  const FileDescriptorProto& proto = graph_.index().file(entry.file).loose.proto;
  switch (entry.kind) {
    case Kind::kMessage:
      *file.add_message_type() = Message(entry.place);
      break;
    case Kind::kEnum:
      *file.add_enum_type() = proto.enum_type(entry.place);
      break;
    case Kind::kExtension:
      *file.add_extension() = proto.extension(entry.place);
      break;
    case Kind::kService:
      *file.add_service() = Service(unit);
      break;
  }
}

bool SchemaUnits::AreAlike(int a, int b) const {
  if (a == b) return true;
  if (units_[a].kind != units_[b].kind) return false;
  std::string contents[2];
  for (int i = 0; i < 2; ++i) {
    const int unit = i == 0 ? a : b;
    const FileDescriptorProto& proto = graph_.index().file(units_[unit].file).loose.proto;
    FileDescriptorProto file;
    file.set_package(proto.package());
    file.set_syntax(proto.syntax());
    if (file.syntax().empty() && !IsOfEdition(proto)) file.set_syntax("proto2");
    if (IsOfEdition(proto)) {
      file.mutable_unknown_fields()->MergeFrom(proto.unknown_fields());
      *file.mutable_options() = proto.options();
    }
    AddTo(file, unit);
    contents[i] = WhatCounts(std::move(file));
  }
  return contents[0] == contents[1];
}

}  // namespace sluice
