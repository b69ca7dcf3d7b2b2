// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Parses a serialized FileDescriptorProto, as a compiler writes it or a service sends it.
//
// Options that cannot be read do not cost the file: those that are still text are dropped, and
// where the bytes of one are malformed, all but (sluice.v1.stream) are left unread, and that too
// where it is malformed.
//
// Errors: INVALID_ARGUMENT that names the file, as far as its name could be read.
absl::StatusOr<google::protobuf::FileDescriptorProto> ParseFileBytes(const std::string& bytes);

}  // namespace sluice
