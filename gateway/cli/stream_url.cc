// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/stream_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/base/text/hex.h"

namespace sluice {
namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

int DefaultPort(const StreamUrl& url) { return url.tls ? kHttpsPort : kHttpPort; }

// What browsers encode in a query. What is encoded already is left alone.
std::string EncodeTarget(absl::string_view target) {
  std::string encoded;
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || absl::StrContains("\"<>'`{}", c)) {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    } else {
      encoded += c;
    }
  }
  return encoded;
}

// Not of a query: '+' is itself, and a '%' that begins nothing, too.
std::string DecodePercent(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::optional<char> byte =
        text[i] == '%' ? HexByte(text.substr(i + 1)) : std::optional<char>();
    decoded += byte.value_or(text[i]);
    if (byte.has_value()) i += 2;
  }
  return decoded;
}

bool IsHostName(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

absl::Status ReadHostAndPort(absl::string_view text, StreamUrl& url) {
  absl::string_view port;
  bool has_port = false;
  if (absl::StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return Wrong("the address lacks its closing bracket");
    url.host = std::string(text.substr(1, end - 1));
    in6_addr address;
    if (inet_pton(AF_INET6, url.host.c_str(), &address) != 1) {
      return Wrong("what stands in brackets is not an IPv6 address");
    }
    port = text.substr(end + 1);
    if (!port.empty() && port[0] != ':') return Wrong("a port is written behind a colon");
    has_port = !port.empty();
    if (has_port) port.remove_prefix(1);
  } else {
    const size_t colon = text.find(':');
    url.host = absl::AsciiStrToLower(text.substr(0, colon));
    if (!IsHostName(url.host)) {
      return Wrong(url.host.empty() ? "it names no host"
                                    : "its host is not a name or an address; write a name of "
                                      "another script in its xn-- form");
    }
    has_port = colon != absl::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
  }
  url.port = DefaultPort(url);
  if (!has_port || port.empty()) return absl::OkStatus();
  if (!std::all_of(port.begin(), port.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(port, &url.port) || url.port < 1 || url.port > 65'535) {
    return Wrong("its port is not a number from 1 to 65535");
  }
  return absl::OkStatus();
}

// `.` and `..` as RFC 3986, section 5.2.4, removes them.
std::string RemoveDots(absl::string_view path) {
  std::vector<absl::string_view> kept;
  const std::vector<absl::string_view> segments = absl::StrSplit(path.substr(1), '/');
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segments[i] != ".") {
      kept.push_back(segments[i]);
      continue;
    }
    if (is_last) kept.push_back("");
  }
  return absl::StrCat("/", absl::StrJoin(kept, "/"));
}

std::string RemoveDotsOfTarget(absl::string_view target) {
  const size_t question = std::min(target.find('?'), target.size());
  return absl::StrCat(RemoveDots(target.substr(0, question)), target.substr(question));
}

}  // namespace

std::string StreamUrl::Authority() const {
  const std::string shown = absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
  return port == DefaultPort(*this) ? shown : absl::StrCat(shown, ":", port);
}

std::string StreamUrl::Origin() const {
  return absl::StrCat(tls ? "https://" : "http://", Authority());
}

std::string StreamUrl::ToString() const { return absl::StrCat(Origin(), target); }

absl::StatusOr<StreamUrl> ParseStreamUrl(absl::string_view text) {
  StreamUrl url;
  const size_t scheme_end = text.find("://");
  const absl::string_view scheme =
      scheme_end == absl::string_view::npos ? absl::string_view() : text.substr(0, scheme_end);
  url.tls = absl::EqualsIgnoreCase(scheme, "https");
  if (!url.tls && !absl::EqualsIgnoreCase(scheme, "http")) {
    return Wrong("it does not begin with http:// or https://");
  }
  text.remove_prefix(scheme_end + 3);
  text = text.substr(0, text.find('#'));  // a fragment is the caller's business alone
  const size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  absl::string_view authority = text.substr(0, authority_end);
  const absl::string_view target = text.substr(authority_end);
  const size_t at = authority.rfind('@');
  if (at != absl::string_view::npos) {
    const absl::string_view user = authority.substr(0, at);
    const size_t colon = std::min(user.find(':'), user.size());
    url.credentials = absl::StrCat(DecodePercent(user.substr(0, colon)), ":",
                                   DecodePercent(user.substr(std::min(colon + 1, user.size()))));
    authority.remove_prefix(at + 1);
  }
  if (const absl::Status read = ReadHostAndPort(authority, url); !read.ok()) return read;
  // A URL without a path may still have a query.
  url.target = RemoveDotsOfTarget(
      EncodeTarget(absl::StrCat(absl::StartsWith(target, "/") ? "" : "/", target)));
  return url;
}

absl::StatusOr<StreamUrl> ResolveRedirect(const StreamUrl& from, absl::string_view location) {
  const size_t special = location.find_first_of(":/?#");
  const bool is_absolute = special != absl::string_view::npos && location[special] == ':';
  if (is_absolute || absl::StartsWith(location, "//")) {
    const absl::string_view scheme = is_absolute ? "" : from.tls ? "https:" : "http:";
    absl::StatusOr<StreamUrl> url = ParseStreamUrl(absl::StrCat(scheme, location));
    if (url.ok() && url->credentials.empty() && url->Origin() == from.Origin()) {
      url->credentials = from.credentials;
    }
    return url;
  }
  StreamUrl url = from;
  location = location.substr(0, location.find('#'));
  const std::string path = from.target.substr(0, from.target.find('?'));
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const bool is_rooted = absl::StartsWith(location, "/");
  const std::string base = location.empty()                  ? from.target
                           : is_rooted                       ? ""
                           : absl::StartsWith(location, "?") ? path
                                                             : folder;
  url.target = RemoveDotsOfTarget(EncodeTarget(absl::StrCat(base, location)));
  return url;
}

}  // namespace sluice
