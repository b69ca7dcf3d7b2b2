// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// The files that a .proto can import without anyone shipping them: the well-known types,
// sluice/v1/stream.proto, and what we bundle of google/api, google/rpc and google/type. They stand
// behind the files of a schema, never before them: a schema may bring its own version of each.
//
// Ownership: all of it lives as long as the process.
// Threads:   any.

// Null if there is no bundled file of that name.
const google::protobuf::FileDescriptorProto* FindBundledFile(const std::string& name);

// Sorted.
const std::vector<std::string>& BundledFileNames();

// A pool of all bundled files, for what must be understood whatever the schema says: the types of
// google.rpc in the details of a status.
const google::protobuf::DescriptorPool& BundledPool();

}  // namespace sluice
