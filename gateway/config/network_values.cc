// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/network_values.h"

#include <sys/socket.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/config/config_values.h"

namespace sluice {
namespace {

absl::Status Refused(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " ", why));
}

// `text` is HOST:PORT, or the whole of `target` is refused. gRPC would take 443 for a port that is
// missing and then wait for a service that is not there.
absl::Status CheckHostAndPort(absl::string_view target, absl::string_view text) {
  const auto parsed = ParseHostPort(text);
  if (parsed.ok() && parsed->port != 0) return absl::OkStatus();
  if (parsed.ok())
    return Refused(target, "has port 0; write the port on which the service listens");
  if (ParseHostPort(absl::StrCat(text, ":50051")).ok()) {
    return Refused(
        target, absl::StrCat("has no port; write it behind the host, such as ", target, ":50051"));
  }
  return Refused(target, absl::StrCat("holds no HOST:PORT: ", parsed.status().message()));
}

absl::Status CheckAddressList(absl::string_view target, absl::string_view list) {
  for (const absl::string_view address : absl::StrSplit(list, ',')) {
    if (absl::Status status = CheckHostAndPort(target, address); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTarget(absl::string_view text) {
  if (text.empty()) {
    return absl::InvalidArgumentError(
        "is empty; write a gRPC target, such as localhost:50051, dns:///demo:50051 or "
        "unix:/run/demo.sock");
  }
  if (absl::StrContains(text, "${")) {
    return Refused(text,
                   "holds ${…}, which is not expanded here; set the key by its environment "
                   "variable instead");
  }
  for (const absl::string_view scheme : {"unix:", "unix-abstract:", "xds:"}) {
    absl::string_view rest = text;
    if (!absl::ConsumePrefix(&rest, scheme)) continue;
    while (absl::ConsumePrefix(&rest, "/")) continue;
    if (rest.empty()) return Refused(text, absl::StrCat("has nothing behind ", scheme));
    return absl::OkStatus();
  }
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "dns:")) {
    // With an authority (`dns://8.8.8.8/demo:50051`) the name stands behind the third slash.
    if (absl::ConsumePrefix(&rest, "//")) {
      const size_t slash = rest.find('/');
      if (slash == absl::string_view::npos) {
        return Refused(text, "lacks a slash; write dns:///HOST:PORT");
      }
      rest.remove_prefix(slash + 1);
    }
    return CheckHostAndPort(text, rest);
  }
  for (const absl::string_view scheme : {"ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&rest, scheme)) return CheckAddressList(text, rest);
  }
  if (const size_t mark = text.find("://"); mark != absl::string_view::npos) {
    return Refused(
        text, absl::StrCat("is no gRPC target; write HOST:PORT without ", text.substr(0, mark + 3),
                           ", or begin with dns:, unix:, unix-abstract:, ipv4:, ipv6: or "
                           "xds:"));
  }
  return CheckHostAndPort(text, text);
}

absl::Status CheckOrigin(absl::string_view text) {
  constexpr absl::string_view kAllowed =
      "write scheme://host or scheme://host:port as browsers send it, such as "
      "https://app.example.com, without a path or a slash at the end";
  const size_t mark = text.find("://");
  if (mark == absl::string_view::npos || mark == 0) {
    return Refused(text, absl::StrCat("is no origin; ", kAllowed));
  }
  for (const char c : text) {
    if (absl::ascii_isupper(c)) {
      return Refused(text, "holds a capital, which browsers never send in an origin");
    }
  }
  const absl::string_view scheme = text.substr(0, mark);
  for (const char c : scheme) {
    if (!absl::ascii_isalnum(c) && c != '+' && c != '-' && c != '.') {
      return Refused(text, absl::StrCat("has no scheme of letters; ", kAllowed));
    }
  }
  const absl::string_view rest = text.substr(mark + 3);
  if (rest.find_first_of("/?#@") != absl::string_view::npos) {
    return Refused(text, absl::StrCat("is more than an origin; ", kAllowed));
  }
  if (absl::StrContains(rest, "*")) {
    return Refused(text, "holds a *; only the origin * alone stands for others");
  }
  const bool has_port = absl::StrContains(rest.substr(rest.rfind(']') + 1), ":");
  const auto parsed = ParseHostPort(has_port ? std::string(rest) : absl::StrCat(rest, ":1"));
  if (!parsed.ok() || parsed->port == 0) {
    return Refused(text, absl::StrCat("has no valid host and port; ", kAllowed));
  }
  if (has_port &&
      ((scheme == "https" && parsed->port == 443) || (scheme == "http" && parsed->port == 80))) {
    return Refused(text, absl::StrCat("names the port that browsers leave out; write ",
                                      text.substr(0, text.rfind(':'))));
  }
  return absl::OkStatus();
}

absl::Status CheckNetwork(absl::string_view text) {
  constexpr absl::string_view kAllowed =
      "write an address or a CIDR, such as 10.0.0.0/8 or fd00::/8";
  const size_t slash = text.find('/');
  const absl::string_view address = text.substr(0, slash);
  const bool v4 = IsAddress(AF_INET, address);
  if (!v4 && !IsAddress(AF_INET6, address)) {
    return Refused(text, absl::StrCat("is no network; ", kAllowed));
  }
  if (slash == absl::string_view::npos) return absl::OkStatus();
  const absl::string_view bits_text = text.substr(slash + 1);
  const uint32_t most = v4 ? 32 : 128;
  uint32_t bits = 0;
  if (!IsDecimal(bits_text) || !absl::SimpleAtoi(bits_text, &bits) || bits > most) {
    return Refused(text, absl::StrCat("has a prefix length that is no number from 0 to ", most));
  }
  return absl::OkStatus();
}

}  // namespace sluice
