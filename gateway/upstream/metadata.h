// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// Where a pair comes from, for errors.
enum class MetadataSource { kHeader, kParameter };

// The one door through which request headers and query parameters become metadata. gRPC 1.51 aborts
// the process on a key or value that it does not like, so nothing may go round it.
//
// Returns the pair as CallRequest takes it: the name in lower case, spaces around the value
// trimmed, the base64 of a `-bin` value decoded. Errors: INVALID_ARGUMENT that names the header,
// the offset of the bad byte and what is allowed (names [0-9a-z_.-], not `grpc-…`, not a header of
// HTTP's own such as `host`, `connection`, `te`; values printable ASCII).
absl::StatusOr<std::pair<std::string, std::string>> ValidateMetadata(
    absl::string_view name, absl::string_view value,
    MetadataSource source = MetadataSource::kHeader);

// The check of the name alone, for a configured list.
absl::Status ValidateMetadataName(absl::string_view name);

}  // namespace sluice
