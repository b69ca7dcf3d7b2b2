// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// What to make of options in a parsed .proto file that are those of a newer descriptor.proto, which
// protobuf 3.21 takes for errors.
struct NewerOptions {
  // `at` has a place in the parser's table of locations, under `location`.
  using Report =
      std::function<void(const google::protobuf::Message& at,
                         google::protobuf::DescriptorPool::ErrorCollector::ErrorLocation location,
                         const std::string& what)>;

  Report error;
  Report warning;  // once a file for each option
};

// Reads `features`, and what else changes the wire or the JSON, into the form in which a compiler
// leaves it; reads past the others (debug_redact, retention, targets, …) with a warning. What no
// descriptor.proto knows stays, and is an error when the file is linked. In a file of an edition
// the labels and groups that editions do not have are errors.
void ReadNewerOptions(google::protobuf::FileDescriptorProto& file, const NewerOptions& reports);

}  // namespace sluice
