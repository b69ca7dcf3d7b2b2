// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_values.h"

#include <arpa/inet.h>

#include <array>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/base/text/utf8.h"

namespace sluice {
namespace {

constexpr size_t kQuotedBytes = 80;

absl::Status Refused(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " ", why));
}

bool IsHostName(absl::string_view text) {
  bool only_digits_and_dots = true;
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '.' && c != '_') return false;
    if (!absl::ascii_isdigit(c) && c != '.') only_digits_and_dots = false;
  }
  // `999.0.0.1` is a mistyped address, not a name.
  return !text.empty() && (!only_digits_and_dots || IsAddress(AF_INET, text));
}

}  // namespace

bool IsDecimal(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return true;
}

bool IsAddress(int family, absl::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

std::string Quoted(absl::string_view text) {
  if (text.size() <= kQuotedBytes) return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
  absl::string_view head = text.substr(0, kQuotedBytes);
  head = head.substr(0, Utf8PrefixLength(head));
  return absl::StrCat("\"", absl::Utf8SafeCEscape(head), "…\"");
}

absl::StatusOr<HostPort> ParseHostPort(absl::string_view text) {
  constexpr absl::string_view kAllowed =
      "write HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080 for all addresses";
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || absl::EndsWith(text, "]")) {
    return Refused(text, absl::StrCat("has no port; ", kAllowed));
  }
  absl::string_view host = text.substr(0, colon);
  const absl::string_view port_text = text.substr(colon + 1);
  if (host.empty()) return Refused(text, absl::StrCat("has no host; ", kAllowed));
  const bool brackets = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (brackets && !IsAddress(AF_INET6, host)) {
    return Refused(text, absl::StrCat("has no IPv6 address in its brackets; ", kAllowed));
  }
  if (!brackets && absl::StrContains(host, ":")) {
    return Refused(text, absl::StrCat("holds an IPv6 address without brackets; ", kAllowed));
  }
  if (!brackets && !IsHostName(host)) {
    return Refused(text, absl::StrCat("has no host name or address before the port; ", kAllowed));
  }
  uint32_t port = 0;
  if (!IsDecimal(port_text) || !absl::SimpleAtoi(port_text, &port) ||
      port > std::numeric_limits<uint16_t>::max()) {
    return Refused(text, "has a port that is no number from 0 to 65535");
  }
  return HostPort{std::string(host), static_cast<uint16_t>(port)};
}

absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  constexpr absl::string_view kAllowed =
      "write a whole number and B, KiB, MiB, GiB, TiB (steps of 1024) or kB, MB, GB, TB (steps of "
      "1000), such as 16KiB";
  static constexpr std::array<std::pair<absl::string_view, uint64_t>, 9> kUnits = {{
      {"B", 1},
      {"KiB", uint64_t{1} << 10},
      {"MiB", uint64_t{1} << 20},
      {"GiB", uint64_t{1} << 30},
      {"TiB", uint64_t{1} << 40},
      {"kB", 1000},
      {"MB", 1000 * 1000},
      {"GB", 1000 * 1000 * 1000},
      {"TB", uint64_t{1000} * 1000 * 1000 * 1000},
  }};
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  const absl::string_view unit = text.substr(digits);
  if (digits == 0) return Refused(text, absl::StrCat("is no size; ", kAllowed));
  if (unit.empty()) return Refused(text, absl::StrCat("has no unit; ", kAllowed));
  for (const auto& [name, factor] : kUnits) {
    if (unit != name) continue;
    uint64_t number = 0;
    if (!absl::SimpleAtoi(text.substr(0, digits), &number) ||
        number > std::numeric_limits<uint64_t>::max() / factor) {
      return Refused(text, "is more than 16777215TiB, the largest size");
    }
    return number * factor;
  }
  return Refused(text, absl::StrCat("is no size; ", kAllowed));
}

std::string SizeToText(uint64_t bytes) {
  static constexpr std::array<absl::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return absl::StrCat(bytes, kUnits[unit]);
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  constexpr absl::string_view kAllowed =
      "write numbers with a unit (ns, us, ms, s, m, h), such as 250ms, 1.5s or 1h30m";
  constexpr absl::Duration kLongest = absl::Hours(87600);
  if (!text.empty() && text[0] == '-') return Refused(text, "is negative; a duration is not");
  // absl also reads `0`, `inf` and signs.
  if (text.empty() || !(absl::ascii_isdigit(text[0]) || text[0] == '.')) {
    return Refused(text, absl::StrCat("is no duration; ", kAllowed));
  }
  const char last = text.back();
  if (absl::ascii_isdigit(last) || last == '.') {
    return Refused(text, absl::StrCat("has no unit; ", kAllowed));
  }
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    return Refused(text, absl::StrCat("is no duration; ", kAllowed));
  }
  if (duration > kLongest) return Refused(text, "is more than 87600h, the longest duration");
  return duration;
}

std::string DurationToText(absl::Duration duration) {
  return duration == absl::ZeroDuration() ? "0s" : absl::FormatDuration(duration);
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Status CheckName(absl::string_view text) {
  bool allowed = !text.empty() && text.size() <= 63;
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '_' && c != '.') allowed = false;
  }
  if (allowed) return absl::OkStatus();
  return Refused(text, "is not allowed; write 1 to 63 letters, digits, -, _ or .");
}

std::optional<absl::StatusCode> CodeFromName(absl::string_view name) {
  for (int code = 0; code <= 16; ++code) {
    const auto candidate = static_cast<absl::StatusCode>(code);
    if (absl::StatusCodeToString(candidate) == name) return candidate;
  }
  return std::nullopt;
}

namespace {

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
  absl::string_view host = rest;
  if (absl::ConsumePrefix(&host, "*.") && !absl::StrContains(host, ".")) {
    return Refused(text,
                   "leaves open nearly every host; name at least a domain after the *, as in "
                   "https://*.example.com");
  }
  if (absl::StrContains(host, "*")) {
    return Refused(text,
                   "holds a * that is neither the whole origin nor its first label, as in "
                   "https://*.example.com");
  }
  const bool has_port = absl::StrContains(rest.substr(rest.rfind(']') + 1), ":");
  const auto parsed = ParseHostPort(has_port ? std::string(host) : absl::StrCat(host, ":1"));
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

absl::Status CheckPath(absl::string_view text) {
  constexpr absl::string_view kAllowed = "write a path such as /api or /v1/health";
  constexpr size_t kLongest = 255;
  if (!absl::StartsWith(text, "/")) {
    return Refused(text, absl::StrCat("does not begin with /; ", kAllowed));
  }
  if (text.size() > kLongest) {
    return Refused(text, absl::StrCat("is longer than ", kLongest, " bytes; ", kAllowed));
  }
  for (const absl::string_view segment : absl::StrSplit(text.substr(1), '/')) {
    if (segment.empty()) {
      return Refused(text, absl::StrCat("has a / with nothing after it; ", kAllowed));
    }
    if (segment == "." || segment == "..") {
      return Refused(text,
                     absl::StrCat("has a segment of dots, which no browser sends; ", kAllowed));
    }
    if (segment == "-") {
      return Refused(text, absl::StrCat("has the segment -, which is Sluice's own; ", kAllowed));
    }
    for (const char c : segment) {
      if (absl::ascii_isalnum(c) || absl::StrContains("._~-", c)) continue;
      return Refused(
          text,
          absl::StrCat("holds a character other than letters, digits and . _ ~ -; ", kAllowed));
    }
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
