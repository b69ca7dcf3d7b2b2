// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace sluice {

// How single values are written in the configuration and on the command line. Pure functions; no
// name is looked up.
//
// Errors: INVALID_ARGUMENT that quotes the value and says what is allowed.

struct HostPort {
  std::string host;  // without brackets
  uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// `127.0.0.1:8080`, `localhost:0`, `[::1]:8080`. The host is never empty.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

// A whole number and a unit: `16KiB`, `8MiB`, `512B` in steps of 1024, `16kB`, `8MB` in steps of
// 1000.
absl::StatusOr<uint64_t> ParseSize(absl::string_view text);
// With the largest unit of 1024 that keeps it whole.
std::string SizeToText(uint64_t bytes);

// `250ms`, `15s`, `1.5s`, `1h30m`; every number has a unit. At most 87600h (ten years), so that
// sums with a clock never overflow.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);
// As ParseDuration reads it.
std::string DurationToText(absl::Duration duration);
// As the configuration's message holds it.
absl::Duration ToDuration(const google::protobuf::Duration& duration);

// The name of an upstream: letters, digits, `-`, `_` and `.`, at most 63, so that a variable can
// name it.
absl::Status CheckName(absl::string_view text);

// `UNAVAILABLE`: the names of google.rpc.Code. Nothing for any other text.
std::optional<absl::StatusCode> CodeFromName(absl::string_view name);

// The text in quotes for a problem: what is not printable is escaped, what is long is cut.
std::string Quoted(absl::string_view text);

// A gRPC target with all that it needs: `localhost:50051`, `dns:///demo:50051`,
// `unix:/run/demo.sock`, `ipv4:10.0.0.1:50051,10.0.0.2:50051`.
absl::Status CheckTarget(absl::string_view text);

// An origin as browsers send it: `https://app.example.com`, `http://localhost:8081`.
absl::Status CheckOrigin(absl::string_view text);

// An address or a network: `10.0.0.0/8`, `10.1.2.3`, `fd00::/8`.
absl::Status CheckNetwork(absl::string_view text);

// A path on the browsers' port: `/api`, `/v1/health`; segments of letters, digits and `. _ ~ -`.
absl::Status CheckPath(absl::string_view text);

// Digits only, at least one.
bool IsDecimal(absl::string_view text);

// An address of the family AF_INET or AF_INET6, without brackets or port.
bool IsAddress(int family, absl::string_view text);

}  // namespace sluice
