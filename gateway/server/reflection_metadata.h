// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sluice/config/v1/config.pb.h"

namespace sluice {

// The metadata with which a service is asked for its schema, the files among it read now. Blocks.
//
// Bounds: 64 KiB a file.
// Errors: INVALID_ARGUMENT, NOT_FOUND and the like, with the key and the file; never the value.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> MetadataOf(
    const std::string& upstream, const sluice::config::v1::Schema& schema);

}  // namespace sluice
