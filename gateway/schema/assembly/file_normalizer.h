// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Brings a file that a library of some language has written into the form in which protoc would
// have written it, where both mean the same bytes: names of map entries, the order of oneofs,
// labels, JSON names, aliases of enums. What has no meaning for the bytes is dropped: options that
// nobody has interpreted, reserved names, hints for generated code.
//
// Looks at one file alone: names of types are not resolved. Whatever cannot be understood is left
// as it is, for the linker to report.
//
// REQUIRES: types are nested at most 100 deep, as protobuf's parser allows.
void NormalizeFile(google::protobuf::FileDescriptorProto& file);

// Deletes options that are still text, wherever they stand in the file.
void DropUninterpretedOptions(google::protobuf::FileDescriptorProto& file);

}  // namespace sluice
