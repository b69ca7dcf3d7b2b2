// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice {

// What a service tells of itself by server reflection.
struct ReflectedFiles {
  std::vector<std::string>
      services;  // full names, without those of gRPC itself (reflection, health)
  // Every file that could be had, in no order; a service whose file is missing is for the schema to
  // report.
  std::vector<google::protobuf::FileDescriptorProto> files;
};

// Asks `target` by grpc.reflection.v1, then v1alpha where v1 is not implemented. Blocks for at most
// `timeout`.
//
// Bounds:  64 MiB of descriptors and 10,000 files; more is RESOURCE_EXHAUSTED.
// Threads: any, but never a loop.
// Errors:  the status of the RPC, with the target and what was asked; UNIMPLEMENTED says how to do
//          without reflection (schema in files).
absl::StatusOr<ReflectedFiles> ReflectFiles(const std::string& target, absl::Duration timeout);

}  // namespace sluice
