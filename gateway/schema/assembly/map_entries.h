// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Brings the map fields of a message into the form that protobuf's linker demands: an entry that
// lies in the message, is named after its field, and has the fields `key` and `value`. Libraries
// name entries otherwise, give them other labels, or put them beside the message.
//
// An entry that cannot be one (no key, a key of a type that keys cannot have) becomes an ordinary
// message; so does one that no field refers to. `file` holds the entries that lie beside messages.
void NormalizeMapFields(const google::protobuf::FileDescriptorProto& file,
                        google::protobuf::DescriptorProto& message);

}  // namespace sluice
