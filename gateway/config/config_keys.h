// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// A key of the configuration that a variable or a flag can set: a text, or a list of texts, at a
// fixed place or below a name of the operator's choice. What stands in a list (`routes`) has no
// such key.
class ConfigKey final {
 public:
  // All of them, in the order of the .proto.
  static const std::vector<ConfigKey>& All();

  // From Config down; below a map, its fields are those of the values.
  const std::vector<const google::protobuf::FieldDescriptor*>& fields() const { return fields_; }
  const google::protobuf::FieldDescriptor& last() const { return *fields_.back(); }
  bool has_name() const { return !map_.empty(); }

  // `ops.listen`, `upstreams.<name>.target` with the name given.
  std::string Path(absl::string_view name) const;
  // `SLUICE_OPS_LISTEN`, `SLUICE_UPSTREAMS_MAIN_TARGET`. Two names can have one variable: `-` and
  // `.` become `_`.
  std::string Variable(absl::string_view name) const;
  static std::string VariableName(absl::string_view name);

  // The name in a path or variable of this key; empty where the key has none. Nothing if it is not
  // one of this key.
  std::optional<std::string> MatchPath(absl::string_view path) const;
  std::optional<std::string> MatchVariable(absl::string_view variable) const;

 private:
  friend class ConfigKeyWalk;

  std::vector<const google::protobuf::FieldDescriptor*> fields_;
  std::string map_;   // `upstreams`; empty if there is no map above
  std::string rest_;  // the path, below the name if there is a map
};

}  // namespace sluice
