// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/schema/schema_files.h"

namespace sluice {

struct ReflectionOptions {
  std::string target;
  // As ValidateMetadata gives it; sent with every question.
  std::vector<std::pair<std::string, std::string>> metadata;
  // So long a service may take for one answer, and for all.
  absl::Duration answer_timeout = absl::Seconds(5);
  absl::Duration timeout = absl::Minutes(1);
  // Looked at between two questions; true ends it with CANCELLED. Empty: never.
  std::function<bool()> stopped;
};

// What a service tells of itself by server reflection: its services, without those of gRPC itself
// (reflection, health), and every file that could be had. Asks by grpc.reflection.v1, then v1alpha
// where v1 does not answer. Files that are imported and were not sent are asked for by name, unless
// they are bundled; types that are used and are in no file, by their names; extensions of types
// that can be extended, by number. A question that is refused, or ends its RPC, costs what was
// asked for, and the reason is kept. Blocks.
//
// Bounds:  64 MiB of descriptors, 10,000 files, 30,000 questions; more is RESOURCE_EXHAUSTED.
// Threads: any, but never a loop.
// Errors:  the status of the RPC, with the target and what was asked, where no services are listed,
//          the service goes away meanwhile, or the time is up; UNIMPLEMENTED says how to do without
//          reflection (schema in files).
absl::StatusOr<SchemaFiles> ReflectFiles(const ReflectionOptions& options);

}  // namespace sluice
