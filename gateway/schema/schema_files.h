// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/base/text/problem.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// A file as a compiler or a library made it, with where it came from.
struct LooseFile {
  google::protobuf::FileDescriptorProto proto;
  std::string source;  // for problems: a path, or which service was asked
  // Files of one descriptor set, or of one answer, belong together: where two files have one name,
  // each imports the one that came with it.
  std::vector<int> groups;
};

// What one source says of a service, in no order: files may be missing, broken, or there twice.
struct SchemaFiles {
  std::string source;  // the place of problems that have no better one
  std::vector<LooseFile> files;
  std::vector<std::string> services;  // full names of those that are looked for; empty: all
  // Why a service could not be had, by its full name: `NOT_FOUND: no such symbol`.
  std::map<std::string, std::string> refusals;
  Problems problems;  // of reading it
};

}  // namespace sluice
