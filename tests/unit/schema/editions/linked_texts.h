// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/schema/editions/field_traits.h"
#include "gateway/schema/file_linker.h"
#include "gateway/schema/source/proto_text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace sluice {

// .proto texts by name, parsed and linked.
class LinkedTexts final {
 public:
  LinkedTexts(const LinkedTexts&) = delete;
  LinkedTexts& operator=(const LinkedTexts&) = delete;
  explicit LinkedTexts(const std::map<std::string, std::string>& texts) {
    for (const auto& [name, text] : texts) parsed_[name] = ParseProtoText(name, text, problems_);
    Link();
  }

  // In the form in which compilers write files: names are full, and types are known.
  void LinkAsCompiled() {
    for (auto& [name, parsed] : parsed_) {
      const auto* linked = parsed == nullptr ? nullptr : pool_->FindFileByName(name);
      if (linked == nullptr) continue;
      for (int i = 0; i < linked->message_type_count(); ++i) {
        Complete(*linked->message_type(i), *parsed->file.mutable_message_type(i));
      }
      for (int i = 0; i < linked->extension_count(); ++i) {
        Complete(*linked->extension(i), *parsed->file.mutable_extension(i));
      }
    }
    Link();
  }

  std::string problems() const { return ToText(problems_); }
  const google::protobuf::DescriptorPool& pool() const { return *pool_; }
  const google::protobuf::Descriptor& type(const std::string& name) const {
    const auto* type = pool_->FindMessageTypeByName(name);
    if (type == nullptr) {
      ADD_FAILURE() << "there is no " << name << "\n" << problems();
      return *google::protobuf::FileDescriptorProto::descriptor();
    }
    return *type;
  }

 private:
  void Link() {
    FileLinker linker([this](const std::string& name) {
      FileLinker::Source source;
      const auto found = parsed_.find(name);
      if (found == parsed_.end() || found->second == nullptr) return source;
      source.file = &found->second->file;
      source.locations = &found->second->locations;
      return source;
    });
    for (const auto& [name, parsed] : parsed_) {
      if (parsed != nullptr) linker.Link(name);
    }
    problems_.insert(problems_.end(), linker.problems().begin(), linker.problems().end());
    pool_ = linker.TakePool();
  }

  static void Complete(const google::protobuf::Descriptor& linked,
                       google::protobuf::DescriptorProto& message) {
    for (int i = 0; i < linked.field_count(); ++i) {
      Complete(*linked.field(i), *message.mutable_field(i));
    }
    for (int i = 0; i < linked.extension_count(); ++i) {
      Complete(*linked.extension(i), *message.mutable_extension(i));
    }
    for (int i = 0; i < linked.nested_type_count(); ++i) {
      Complete(*linked.nested_type(i), *message.mutable_nested_type(i));
    }
  }

  static void Complete(const google::protobuf::FieldDescriptor& linked,
                       google::protobuf::FieldDescriptorProto& field) {
    using google::protobuf::FieldDescriptorProto;
    field.set_json_name(linked.json_name());
    if (const auto* type = EnumTypeOf(linked)) {
      field.set_type(FieldDescriptorProto::TYPE_ENUM);
      field.set_type_name(absl::StrCat(".", type->full_name()));
    }
    if (const auto* type = linked.message_type()) {
      field.set_type(FieldDescriptorProto::TYPE_MESSAGE);
      field.set_type_name(absl::StrCat(".", type->full_name()));
    }
  }

  std::map<std::string, std::unique_ptr<ProtoText>> parsed_;
  Problems problems_;
  std::unique_ptr<const google::protobuf::DescriptorPool> pool_;
};

}  // namespace sluice
