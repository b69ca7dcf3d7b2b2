// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Parses a serialized FileDescriptorProto, as a compiler writes it or a service sends it.
//
// A malformed (sluice.v1.stream) does not cost the file, which could then not even be named as the
// reason why its services are missing: its extensions are left unread, and CheckCompiled refuses it
// with the name of the method.
//
// Errors: INVALID_ARGUMENT that names the file, as far as its name could be read.
absl::StatusOr<google::protobuf::FileDescriptorProto> ParseFileBytes(const std::string& bytes);

}  // namespace sluice
