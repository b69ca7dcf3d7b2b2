// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/text/problem.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// A parsed .proto file, and where in its text each element stands. One of an edition is as a newer
// compiler would have made it (LowerFile).
struct ProtoText {
  google::protobuf::FileDescriptorProto file;
  google::protobuf::compiler::SourceLocationTable locations;
  Problems warnings;  // what was read past
};

// Parses the text of a .proto file; its imports are not looked at. Every problem says
// `name:line:column`. Null if there are any.
//
// Bounds: 1 GiB, braces and brackets nested 100 deep, 1,000 problems.
std::unique_ptr<ProtoText> ParseProtoText(const std::string& name, absl::string_view text,
                                          Problems& problems);

// `name:line:column`, counted from 1, as editors do; protobuf counts from 0.
std::string PlaceInText(const std::string& name, int line, int column);

}  // namespace sluice
