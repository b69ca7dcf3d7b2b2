// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// Brings a file that protobuf 3.21 would refuse, though newer compilers take it, into a form that
// it links: a file of an edition; one of proto3 whose JSON names only protoc before version 22 took
// for a conflict; and one that uses the open enum of such a file.
//
// A lowered file is proto2: presence, labels, groups, packed lists and closed enums are said as
// proto2 says them. The rest is noted in the options of the field (field_traits.h).
//
// In:     a file within DescriptorLimits, types in any form; and the pool that its imports are in.
// Out:    the lowered file, whose messages, fields and enums stand where they stood; null: the file
//         can be linked as it is, or there was an error.
// Errors: an unknown edition, malformed features, JSON names in conflict go to `errors`, with the
//         element in `file`.
std::unique_ptr<google::protobuf::FileDescriptorProto> LowerFile(
    const google::protobuf::FileDescriptorProto& file, const google::protobuf::DescriptorPool& pool,
    google::protobuf::DescriptorPool::ErrorCollector& errors);

// The part of `file` that stands where `part` stands in its lowered form; null: nothing does.
const google::protobuf::Message* Unlowered(const google::protobuf::Message* part,
                                           const google::protobuf::FileDescriptorProto& lowered,
                                           const google::protobuf::FileDescriptorProto& file);

}  // namespace sluice
