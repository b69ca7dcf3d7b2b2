// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gateway/schema/assembly/type_index.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// What each type, extension and method of a schema needs, and which of them are broken: by a fault
// of their own, or because something that they need is.
//
// Threads: one.
class SchemaGraph final {
 public:
  struct Extension {
    int file = 0;
    int holder = -1;  // the type that it is declared in
    std::string full_name;
    google::protobuf::FieldDescriptorProto* field = nullptr;
    int extendee = -1;
    int type = -1;  // -1: a scalar
    std::string broken;
  };
  struct Method {
    int file = 0;
    int service = 0;  // its place in the file
    std::string service_name;
    std::string full_name;
    google::protobuf::MethodDescriptorProto* method = nullptr;
    int input = -1;
    int output = -1;
    std::string broken;
  };

  struct MissingName {
    int file = 0;
    int user = -1;  // the type whose field it is; -1: something else
    std::string scope;
    std::string name;
  };

  // Resolves every name of the files and writes it in full, with its leading dot; what names
  // nothing is broken. The index must outlive the graph, and gets nothing more.
  explicit SchemaGraph(TypeIndex& index);

  // The first reason counts.
  void BreakType(int type, const std::string& reason);
  void BreakFiles(const std::vector<std::string>& reasons);  // by file; empty: it is whole

  // Breaks all that needs what is broken.
  void Propagate();

  // How many types, extensions and methods are broken.
  size_t CountBroken() const;

  const TypeIndex& index() const { return index_; }
  // Names that the schema's own files use and that are nowhere.
  const std::vector<MissingName>& missing() const { return missing_; }
  const std::string& broken(int type) const { return broken_[type]; }  // empty: it is not
  // The types of the fields of a message.
  const std::vector<int>& needs(int type) const { return needs_[type]; }
  std::vector<Extension>& extensions() { return extensions_; }
  const std::vector<Extension>& extensions() const { return extensions_; }
  // In the order of the files.
  std::vector<Method>& methods() { return methods_; }
  const std::vector<Method>& methods() const { return methods_; }

 private:
  void ResolveType(int type);
  void AddExtension(int file, int holder, const std::string& scope,
                    google::protobuf::FieldDescriptorProto& field);
  void AddService(int file, int service);
  void CheckStreamOption(Method& method);
  // The type of a field, -1 for a scalar. What is wrong goes to `broken`.
  int ResolveField(int file, int user, const std::string& scope,
                   google::protobuf::FieldDescriptorProto& field, std::string& broken);
  // -1: the name is nowhere, and missing. `user`: as in MissingName.
  int ResolveName(int file, int user, const std::string& scope, std::string& name);
  std::string NotDefined(int file, const std::string& user, const std::string& name) const;

  TypeIndex& index_;
  std::vector<MissingName> missing_;
  std::vector<std::string> broken_;
  std::vector<std::vector<int>> needs_;
  std::vector<Extension> extensions_;
  std::vector<Method> methods_;
};

}  // namespace sluice
