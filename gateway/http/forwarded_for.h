// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sluice {

// A network of IPv4 or IPv6 addresses. IPv4 is kept as IPv4-mapped IPv6, so that both compare
// alike.
class IpNetwork final {
 public:
  // `10.0.0.0/8`, `2001:db8::/32`, or a single address.
  static absl::StatusOr<IpNetwork> Parse(absl::string_view text);

  // False for what is not an address.
  bool Contains(absl::string_view address) const;

 private:
  std::array<uint8_t, 16> prefix_{};
  int prefix_bits_ = 128;
};

// The value of `x-forwarded-for` for the service: the peer, and to its left each address that a
// trusted proxy named, up to and including the first that is not trusted. What stands further left
// could be anybody's invention. `received` is the header as it came (joined where it came in
// several fields).
std::string ForwardedFor(absl::string_view peer, absl::string_view received,
                         const std::vector<IpNetwork>& trusted);

}  // namespace sluice
