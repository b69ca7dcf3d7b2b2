// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "sluice/v1/stream.pb.h"

namespace sluice {

// The number of (sluice.v1.stream) is there, but not as a message: then the generated code has not
// taken it for the option.
bool HasUnreadStreamOption(const google::protobuf::MethodOptions& options);

// Bytes that the generated code has not looked at yet, and that are no sluice.v1.StreamOptions.
bool HasMalformedStreamOption(const google::protobuf::MethodOptions& options);

// False where the schema uses the number of (sluice.v1.stream), which is from the range for
// everyone's own use, for an option of its own.
bool IsStreamOptionOurs(const google::protobuf::DescriptorPool& pool);

// What the .proto says by option (sluice.v1.stream); empty where it says nothing.
sluice::v1::StreamOptions StreamOptionOf(const google::protobuf::MethodDescriptor& method);

}  // namespace sluice
