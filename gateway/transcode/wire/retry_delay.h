// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sluice {

// The `retry_delay` of the google.rpc.RetryInfo among the details of a google.rpc.Status
// (serialized, as `grpc-status-details-bin` carries it); of several, the longest. Zero where there
// is none, where it is negative, and in bytes that cannot be read.
absl::Duration RetryDelayIn(absl::string_view status_wire);

}  // namespace sluice
