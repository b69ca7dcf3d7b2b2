// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/schema/assembly/schema_graph.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// The declarations of a schema's files, each by itself and without what is broken: the pieces of
// which pools are made. A type that is broken, and in which one lies that is not, is left without
// fields.
//
// Ownership: borrows the graph, which must not change.
// Threads:   one.
class SchemaUnits final {
 public:
  enum class Kind { kMessage, kEnum, kExtension, kService };
  struct Unit {
    int file = 0;
    Kind kind = Kind::kMessage;
    int place = 0;  // among its kind, in the file; of a message, its type
    // Two units of one pool must not have a name in common: the full name, and what is extended by
    // which number.
    std::vector<std::string> names;
    std::vector<int> needs;  // units, each once, without itself
  };

  explicit SchemaUnits(const SchemaGraph& graph);

  int size() const { return static_cast<int>(units_.size()); }
  const Unit& unit(int index) const { return units_[index]; }
  const SchemaGraph& graph() const { return graph_; }

  // The unit of a service in a file, -1: none, or all of it is broken.
  int ServiceAt(int file, int service) const;
  int UnitOfType(int type) const { return unit_of_type_[type]; }                      // -1: broken
  int UnitOfExtension(int extension) const { return unit_of_extension_[extension]; }  // the same
  // Of the request and the answer of a method of the graph.
  std::vector<int> UnitsOf(int method) const;
  // Units with all that they need, and the extensions of these that the schema's own files have.
  std::vector<int> Closure(std::vector<int> units) const;
  // Whether two declarations of one name mean the same bytes and the same JSON.
  bool AreAlike(int a, int b) const;
  // Puts the declaration into a file.
  void AddTo(google::protobuf::FileDescriptorProto& file, int unit) const;

 private:
  void AddTypes();
  void AddExtensions();
  void AddServices();
  void AddService(int file, int service);
  void Need(int unit, int type);
  int AddUnit(int file, Kind kind, int place);
  bool IsAlive(int type) const { return graph_.broken(type).empty() || shells_.contains(type); }
  google::protobuf::DescriptorProto Message(int type) const;
  google::protobuf::ServiceDescriptorProto Service(int unit) const;

  const SchemaGraph& graph_;
  std::vector<Unit> units_;
  std::vector<int> unit_of_type_;          // -1: broken
  std::vector<int> unit_of_extension_;     // -1: broken
  absl::flat_hash_map<int, bool> shells_;  // broken types around whole ones
  std::vector<std::vector<int>> nested_;   // by type: those in it
  std::vector<std::vector<int>> extends_;  // by type: extensions that are declared in it
  std::map<std::pair<int, int>, int> service_units_;
  absl::flat_hash_map<int, std::vector<int>> extensions_of_;    // by the extended unit: units
  std::map<std::pair<int, int>, std::vector<int>> methods_of_;  // by file and service
};

}  // namespace sluice
