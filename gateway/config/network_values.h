// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// Whether single values that name places on the network are usable. Pure functions; no name is
// looked up.
//
// Errors: INVALID_ARGUMENT that quotes the value and says what is allowed.

// A gRPC target with all that it needs: `localhost:50051`, `dns:///demo:50051`,
// `unix:/run/demo.sock`, `ipv4:10.0.0.1:50051,10.0.0.2:50051`.
absl::Status CheckTarget(absl::string_view text);

// An origin as browsers send it: `https://app.example.com`, `http://localhost:8081`.
absl::Status CheckOrigin(absl::string_view text);

// An address or a network: `10.0.0.0/8`, `10.1.2.3`, `fd00::/8`.
absl::Status CheckNetwork(absl::string_view text);

}  // namespace sluice
