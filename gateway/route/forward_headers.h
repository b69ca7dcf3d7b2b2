// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// The request headers that become metadata of an RPC unless a rule says otherwise.
const std::vector<std::string>& UsualForwardHeaders();

// The same for a shared stream, whose RPC serves many: what decides who may see it.
const std::vector<std::string>& SharedForwardHeaders();

// A configured header name in lower case. INVALID_ARGUMENT that names what is wrong: gRPC takes
// [0-9a-z_.-] and keeps `grpc-…` for itself; the headers of the connection end at the gateway; and
// those that Sluice itself writes are not a browser's to set.
absl::StatusOr<std::string> ForwardHeader(absl::string_view name);

// The metadata that a configured query parameter becomes: its name in lower case. INVALID_ARGUMENT
// as above; a parameter that is Sluice's own is none either.
absl::StatusOr<std::string> MetadataOfParameter(absl::string_view name);

}  // namespace sluice
