// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/forwarded_for.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace sluice {
namespace {

using Address = std::array<uint8_t, 16>;

constexpr int kMappedPrefixBits = 96;

std::optional<Address> ParseAddress(absl::string_view text) {
  const std::string terminated(text);
  Address address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  in_addr v4;
  if (inet_pton(AF_INET, terminated.c_str(), &v4) != 1) return std::nullopt;
  address = {};
  address[10] = address[11] = 0xff;
  std::memcpy(&address[12], &v4, sizeof v4);
  return address;
}

bool TrustedBy(const std::vector<IpNetwork>& networks, absl::string_view address) {
  return std::any_of(networks.begin(), networks.end(),
                     [address](const IpNetwork& network) { return network.Contains(address); });
}

}  // namespace

absl::StatusOr<IpNetwork> IpNetwork::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  const std::optional<Address> address = ParseAddress(parts[0]);
  const bool is_v4 = !absl::StrContains(parts[0], ':');
  const int width = is_v4 ? 32 : 128;
  int bits = width;
  const bool bits_fine =
      parts.size() == 1 || (absl::SimpleAtoi(parts[1], &bits) && bits >= 0 && bits <= width);
  if (!address.has_value() || !bits_fine) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no network; write an address with its prefix, such as 10.0.0.0/8"));
  }
  IpNetwork network;
  network.prefix_ = *address;
  network.prefix_bits_ = is_v4 ? bits + kMappedPrefixBits : bits;
  return network;
}

bool IpNetwork::Contains(absl::string_view address) const {
  const std::optional<Address> parsed = ParseAddress(address);
  if (!parsed.has_value()) return false;
  const size_t whole_bytes = static_cast<size_t>(prefix_bits_ / 8);
  if (!std::equal(prefix_.begin(), prefix_.begin() + whole_bytes, parsed->begin())) return false;
  const int rest = prefix_bits_ % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (prefix_[whole_bytes] & mask) == ((*parsed)[whole_bytes] & mask);
}

std::string ForwardedFor(absl::string_view peer, absl::string_view received,
                         const std::vector<IpNetwork>& trusted) {
  std::vector<std::string> chain = {std::string(peer)};  // from right to left
  std::vector<absl::string_view> named = absl::StrSplit(received, ',');
  for (auto it = named.rbegin(); it != named.rend() && TrustedBy(trusted, chain.back()); ++it) {
    const absl::string_view address = absl::StripAsciiWhitespace(*it);
    if (!ParseAddress(address).has_value()) break;
    chain.emplace_back(address);
  }
  std::reverse(chain.begin(), chain.end());
  return absl::StrJoin(chain, ", ");
}

}  // namespace sluice
