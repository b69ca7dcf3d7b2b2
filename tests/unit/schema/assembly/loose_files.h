// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/schema/schema_files.h"
#include "gateway/schema/service_set.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace sluice {

// A file as a library may send it, in protobuf's text format.
inline google::protobuf::FileDescriptorProto LooseProto(const std::string& text) {
  google::protobuf::FileDescriptorProto file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &file)) << text;
  return file;
}

// A file with `message M`, whose fields are `fields`, and `service S { rpc Get(M) returns (M); }`.
inline std::string FileWithMessage(const std::string& fields,
                                   const std::string& syntax = "proto3") {
  return "name: 'a.proto' package: 'p' syntax: '" + syntax + "' message_type { name: 'M' " +
         fields +
         " } service { name: 'S' method { name: 'Get' input_type: 'M' output_type: 'M' } }";
}

inline std::vector<google::protobuf::FileDescriptorProto> LooseProtos(
    const std::vector<std::string>& texts) {
  std::vector<google::protobuf::FileDescriptorProto> files;
  for (const std::string& text : texts) files.push_back(LooseProto(text));
  return files;
}

inline std::shared_ptr<const ServiceSet> SetOfLoose(const std::vector<std::string>& texts) {
  return ServiceSet::FromFiles("main", LooseProtos(texts), {});
}

// The first service's first method's answer, as a compiler would have it; null: it is not served.
inline const google::protobuf::Descriptor* AnswerOf(const ServiceSet& set, size_t service = 0) {
  if (set.services().size() <= service || set.services()[service]->method_count() == 0) {
    ADD_FAILURE() << "is not served: " << ToText(set.problems());
    return nullptr;
  }
  return set.services()[service]->method(0)->output_type();
}

inline std::vector<std::string> NamesOfServices(const ServiceSet& set) {
  std::vector<std::string> names;
  for (const auto* service : set.services()) names.push_back(service->full_name());
  return names;
}

inline constexpr char kGet[] = "method { name: 'Get' input_type: 'M' output_type: 'M' }";

// `a.proto` of package p with M { T a = 1; }, which a service answers with.
inline std::string UserOf(const std::string& type, const std::string& more = "") {
  return absl::StrCat("name: 'a.proto' package: 'p' syntax: 'proto3' ", more,
                      " message_type { name: 'M' field { name: 'a' number: 1 type: TYPE_MESSAGE"
                      " type_name: '",
                      type, "' } } service { name: 'S' ", kGet, "}");
}

// A file with one message that has one field of that name.
inline std::string FileOf(const std::string& name, const std::string& package,
                          const std::string& message, const std::string& field,
                          const std::string& more = "") {
  return absl::StrCat("name: '", name, "' package: '", package,
                      "' syntax: 'proto3' message_type { name: '", message, "' field { name: '",
                      field, "' number: 1 type: TYPE_STRING } } ", more);
}

// The file in which the type of the first field of the first service's answer lies, and its field.
inline std::string FirstTypeIn(const ServiceSet& set, size_t service = 0) {
  const google::protobuf::Descriptor* answer = AnswerOf(set, service);
  if (answer == nullptr) return "";
  const google::protobuf::Descriptor* type = answer->field(0)->message_type();
  return absl::StrCat(type->file()->name(), ":", type->full_name(), ":", type->field(0)->name());
}

inline std::vector<std::string> Skipped(const ServiceSet& set) {
  std::vector<std::string> names;
  for (const SkippedMethod& method : set.skipped()) names.push_back(method.full_name);
  return names;
}

// A file with T, that field in it, and a service of which each type is its own but for T.
inline std::string ServiceWith(const std::string& file, const std::string& service,
                               const std::string& field) {
  return absl::StrCat(FileOf(file, "p", "T", field), "message_type { name: 'M", service,
                      "' field { name: 't' number: 1 type_name: 'T' } } service { name: '", service,
                      "' method { name: 'Get' input_type: 'M", service, "' output_type: 'M",
                      service, "' } }");
}

}  // namespace sluice
