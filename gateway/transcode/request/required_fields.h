// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/schema/field_path.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sluice {

// True for a required field of proto2, and with google.api.field_behavior = REQUIRED.
bool IsRequired(const google::protobuf::FieldDescriptor& field);

// What must be given in a message: the paths that an operator or author lists, every field with
// `google.api.field_behavior = REQUIRED`, and proto2's required ones. The latter two count inside
// of a nested message only where that message is given.
//
// Threads: immutable; any.
class RequiredFields final {
 public:
  RequiredFields(const google::protobuf::Descriptor& type, std::vector<FieldPath> paths);

  // Proto names, dotted (`filter.items[2].name`), each once; what is listed comes first.
  std::vector<std::string> MissingFrom(const google::protobuf::Message& message) const;

 private:
  using Message = google::protobuf::Message;
  using Type = google::protobuf::Descriptor;
  using Field = google::protobuf::FieldDescriptor;
  struct Found;

  void Visit(const Message& message, const std::string& path, Found& found) const;
  void VisitField(const Message& message, const Field& field, const std::string& path,
                  Found& found) const;

  const std::vector<FieldPath> paths_;
  // By type; what is not in it has no required field, and none below it.
  std::unordered_map<const Type*, std::vector<const Field*>> by_type_;
};

}  // namespace sluice
