// SPDX-License-Identifier: Apache-2.0
#include "gateway/schema/assembly/schema_graph.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"
#include "gateway/schema/stream_option.h"

namespace sluice {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::EnumValueDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;

constexpr int kMostMissingNamed = 3;
constexpr size_t kMostMissing = 100'000;
constexpr char kStreamOptionFile[] = "sluice/v1/stream.proto";

bool HasValue(const EnumDescriptorProto& type, const std::string& name) {
  return std::any_of(
      type.value().begin(), type.value().end(),
      [&name](const EnumValueDescriptorProto& value) { return value.name() == name; });
}

void UseMessage(FieldDescriptorProto& field) {
  if (field.type() != FieldDescriptorProto::TYPE_GROUP) {
    field.set_type(FieldDescriptorProto::TYPE_MESSAGE);
  }
  field.clear_default_value();
  if (field.has_options()) field.mutable_options()->clear_packed();
}

void UseEnum(FieldDescriptorProto& field, const EnumDescriptorProto& type) {
  field.set_type(FieldDescriptorProto::TYPE_ENUM);
  if (!HasValue(type, field.default_value())) field.clear_default_value();
}

}  // namespace

SchemaGraph::SchemaGraph(TypeIndex& index)
    : index_(index), broken_(index.type_count()), needs_(index.type_count()) {
  for (size_t i = 0; i < index_.type_count(); ++i) ResolveType(static_cast<int>(i));
  for (size_t i = 0; i < index_.file_count(); ++i) {
    const int file = static_cast<int>(i);
    FileDescriptorProto& proto = index_.file(file).loose.proto;
    for (FieldDescriptorProto& field : *proto.mutable_extension()) {
      AddExtension(file, -1, proto.package(), field);
    }
    for (int j = 0; j < proto.service_size(); ++j) AddService(file, j);
  }
}

void SchemaGraph::ResolveType(int type) {
  const TypeIndex::Type& entry = index_.type(type);
  if (entry.message == nullptr) return;
  for (FieldDescriptorProto& field : *entry.message->mutable_field()) {
    const int needed = ResolveField(entry.file, type, entry.full_name, field, broken_[type]);
    if (needed >= 0) needs_[type].push_back(needed);
  }
  for (FieldDescriptorProto& field : *entry.message->mutable_extension()) {
    AddExtension(entry.file, type, entry.full_name, field);
  }
}

int SchemaGraph::ResolveName(int file, int user, const std::string& scope, std::string& name) {
  const int type = index_.Find(file, scope, name);
  if (type >= 0) {
    name = absl::StrCat(".", index_.type(type).full_name);
  } else if (missing_.size() < kMostMissing && index_.file(file).rank == TypeIndex::Rank::kOwn) {
    missing_.push_back({.file = file, .user = user, .scope = scope, .name = name});
  }
  return type;
}

std::string SchemaGraph::NotDefined(int file, const std::string& user,
                                    const std::string& name) const {
  const FileDescriptorProto& proto = index_.file(file).loose.proto;
  std::string reason = absl::StrCat(Shown(proto.name()), ": ", Shown(user), ": \"", Shown(name),
                                    "\" is not defined");
  int missing = 0;
  for (const std::string& import : proto.dependency()) {
    if (index_.FindImport(file, import) >= 0) continue;
    if (++missing > kMostMissingNamed) break;
    absl::StrAppend(&reason, missing == 1 ? "; missing imports: \"" : ", \"", Shown(import), "\"");
  }
  return reason;
}

int SchemaGraph::ResolveField(int file, int user, const std::string& scope,
                              FieldDescriptorProto& field, std::string& broken) {
  if (field.type_name().empty()) return -1;
  const int type = ResolveName(file, user, scope, *field.mutable_type_name());
  if (type < 0) {
    if (broken.empty()) {
      broken = NotDefined(file, JoinedName(scope, field.name()), field.type_name());
    }
    return -1;
  }
  if (index_.type(type).message != nullptr) {
    UseMessage(field);
  } else {
    UseEnum(field, *index_.type(type).enumeration);
  }
  return type;
}

void SchemaGraph::AddExtension(int file, int holder, const std::string& scope,
                               FieldDescriptorProto& field) {
  Extension extension{.file = file,
                      .holder = holder,
                      .full_name = JoinedName(scope, field.name()),
                      .field = &field};
  extension.extendee = ResolveName(file, holder, scope, *field.mutable_extendee());
  if (extension.extendee < 0) {
    extension.broken = NotDefined(file, extension.full_name, field.extendee());
  }
  extension.type = ResolveField(file, holder, scope, field, extension.broken);
  extensions_.push_back(std::move(extension));
}

void SchemaGraph::AddService(int file, int service) {
  FileDescriptorProto& proto = index_.file(file).loose.proto;
  const std::string name = JoinedName(proto.package(), proto.service(service).name());
  for (MethodDescriptorProto& each : *proto.mutable_service(service)->mutable_method()) {
    Method method{.file = file,
                  .service = service,
                  .service_name = name,
                  .full_name = JoinedName(name, each.name()),
                  .method = &each};
    method.input = ResolveName(file, -1, name, *each.mutable_input_type());
    method.output = ResolveName(file, -1, name, *each.mutable_output_type());
    if (method.input < 0) method.broken = NotDefined(file, method.full_name, each.input_type());
    if (method.output < 0 && method.broken.empty()) {
      method.broken = NotDefined(file, method.full_name, each.output_type());
    }
    CheckStreamOption(method);
    methods_.push_back(std::move(method));
  }
}

// The number of the option is from the range for everyone's own use. In a file that imports it, it
// is ours; in another, bytes that are no sluice.v1.StreamOptions are somebody else's option.
void SchemaGraph::CheckStreamOption(Method& method) {
  if (!method.method->has_options()) return;
  google::protobuf::MethodOptions& options = *method.method->mutable_options();
  if (!HasUnreadStreamOption(options)) return;
  const FileDescriptorProto& proto = index_.file(method.file).loose.proto;
  const auto& imports = proto.dependency();
  if (std::find(imports.begin(), imports.end(), kStreamOptionFile) == imports.end()) {
    options.mutable_unknown_fields()->DeleteByNumber(sluice::v1::kStreamFieldNumber);
    return;
  }
  if (!method.broken.empty()) return;
  method.broken = absl::StrCat(Shown(proto.name()), ": the option (sluice.v1.stream) of ",
                               Shown(method.full_name), " is no sluice.v1.StreamOptions");
}

void SchemaGraph::BreakType(int type, const std::string& reason) {
  if (broken_[type].empty()) broken_[type] = reason;
}

void SchemaGraph::BreakFiles(const std::vector<std::string>& reasons) {
  for (size_t i = 0; i < broken_.size(); ++i) {
    const int type = static_cast<int>(i);
    BreakType(type, reasons[index_.type(type).file]);
  }
  for (Extension& extension : extensions_) {
    if (extension.broken.empty()) extension.broken = reasons[extension.file];
  }
  for (Method& method : methods_) {
    if (method.broken.empty()) method.broken = reasons[method.file];
  }
}

size_t SchemaGraph::CountBroken() const {
  size_t count = 0;
  for (const std::string& reason : broken_) count += reason.empty() ? 0 : 1;
  for (const Extension& extension : extensions_) count += extension.broken.empty() ? 0 : 1;
  for (const Method& method : methods_) count += method.broken.empty() ? 0 : 1;
  return count;
}

void SchemaGraph::Propagate() {
  std::vector<std::vector<int>> users(needs_.size());
  for (size_t i = 0; i < needs_.size(); ++i) {
    for (const int needed : needs_[i]) users[needed].push_back(static_cast<int>(i));
  }
  std::vector<int> open;
  for (size_t i = 0; i < broken_.size(); ++i) {
    if (!broken_[i].empty()) open.push_back(static_cast<int>(i));
  }
  // First in, first out: of several reasons the nearest one is told.
  for (size_t at = 0; at < open.size(); ++at) {
    for (const int user : users[open[at]]) {
      if (!broken_[user].empty()) continue;
      broken_[user] = broken_[open[at]];
      open.push_back(user);
    }
  }
  for (Extension& extension : extensions_) {
    for (const int needed : {extension.extendee, extension.type}) {
      if (needed >= 0 && extension.broken.empty()) extension.broken = broken_[needed];
    }
  }
  for (Method& method : methods_) {
    for (const int needed : {method.input, method.output}) {
      if (needed >= 0 && method.broken.empty()) method.broken = broken_[needed];
    }
  }
}

}  // namespace sluice
