// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "gateway/schema/source/bundled_protos.h"
#include "gateway/schema/source/proto_text.h"
#include "google/protobuf/descriptor.h"

namespace sluice {

// A type with everything that a message can have: what the transcoder is fuzzed with.
inline constexpr char kFuzzSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/api/field_behavior.proto";
  import "google/api/httpbody.proto";
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  enum Color { NO_COLOR = 0; RED = 1; }
  message All {
    int32 an_int32 = 1 [(google.api.field_behavior) = REQUIRED];
    int64 an_int64 = 2; uint64 a_uint64 = 3; float a_float = 4; double a_double = 5;
    bool a_bool = 6; string a_string = 7; bytes some_bytes = 8; Color color = 9; All all = 10;
    optional uint32 optional_int = 11; repeated sint64 int64s = 12; repeated All alls = 13;
    map<string, All> alls_by_name = 14; map<int32, string> strings_by_int = 15;
    map<bool, Color> colors_by_bool = 16;
    google.protobuf.Any any = 20; google.protobuf.Duration duration = 21;
    google.protobuf.FieldMask mask = 22; google.protobuf.Struct struct = 23;
    google.protobuf.Value value = 24; google.protobuf.ListValue list = 25;
    google.protobuf.Timestamp time = 26; google.protobuf.Int64Value int64_value = 27;
    repeated google.protobuf.StringValue names = 28;
    oneof pick { string picked_text = 30; All picked = 31; google.api.HttpBody body = 32; }
  }
)";

inline void AddBundledFile(const std::string& name, google::protobuf::DescriptorPool& pool) {
  if (pool.FindFileByName(name) != nullptr) return;
  const google::protobuf::FileDescriptorProto* file = FindBundledFile(name);
  if (file == nullptr) std::abort();
  for (const std::string& import : file->dependency()) AddBundledFile(import, pool);
  if (pool.BuildFile(*file) == nullptr) std::abort();
}

// The message type of that name. Built once.
inline const google::protobuf::Descriptor& FuzzType(const std::string& name) {
  static const google::protobuf::DescriptorPool& pool = *[] {
    auto* made = new google::protobuf::DescriptorPool;
    Problems problems;
    const std::unique_ptr<ProtoText> parsed = ParseProtoText("fuzz.proto", kFuzzSchema, problems);
    if (parsed == nullptr) std::abort();
    for (const std::string& import : parsed->file.dependency()) AddBundledFile(import, *made);
    if (made->BuildFile(parsed->file) == nullptr) std::abort();
    return made;
  }();
  const google::protobuf::Descriptor* type = pool.FindMessageTypeByName(name);
  if (type == nullptr) std::abort();
  return *type;
}

inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace sluice
