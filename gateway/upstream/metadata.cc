// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/metadata.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

// What HTTP, in either version, says of one connection or one body, and what gRPC sets itself.
constexpr std::array<absl::string_view, 21> kNotForwarded = {
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "endpoint-load-metrics-bin",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "lb-cost-bin",
    "lb-token",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-endpoint-load-metrics-bin",
};

constexpr absl::string_view kAllowedInNames = "letters, digits, '_', '-' and '.'";

struct Name {
  absl::string_view text;
  MetadataSource source = MetadataSource::kHeader;
};

// For messages: a name comes from outside, too, and may be long.
std::string Quoted(const Name& name) {
  return absl::StrCat(name.source == MetadataSource::kHeader ? "header '" : "parameter '",
                      absl::CHexEscape(name.text.substr(0, 64)), "'");
}

bool IsNameByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_' || byte == '-' ||
         byte == '.';
}

bool IsBase64Byte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '+' || byte == '/' ||
         byte == '=';
}

bool IsPrintable(char byte) { return byte >= 0x20 && byte <= 0x7e; }

bool IsOptionalSpace(char byte) { return byte == ' ' || byte == '\t'; }

struct TrimmedValue {
  absl::string_view text;
  size_t offset;  // of its first byte in the whole value
};

TrimmedValue Trim(absl::string_view value) {
  size_t begin = 0;
  while (begin < value.size() && IsOptionalSpace(value[begin])) ++begin;
  size_t end = value.size();
  while (end > begin && IsOptionalSpace(value[end - 1])) --end;
  return {value.substr(begin, end - begin), begin};
}

// Never shows the value: it may be a credential.
absl::Status BadByte(const Name& name, TrimmedValue value, size_t position,
                     absl::string_view allowed) {
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(name), ": byte 0x",
                   absl::Hex(static_cast<unsigned char>(value.text[position]), absl::kZeroPad2),
                   " at offset ", value.offset + position, " of the value; allowed are ", allowed));
}

absl::StatusOr<std::string> DecodeBinary(const Name& name, TrimmedValue value) {
  const auto bad = std::find_if_not(value.text.begin(), value.text.end(), IsBase64Byte);
  if (bad != value.text.end()) {
    return BadByte(name, value, bad - value.text.begin(), "the letters of base64");
  }
  std::string bytes;
  if (!absl::Base64Unescape(value.text, &bytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(name), ": its ", value.text.size(),
                     " letters are not base64; the value of a name that ends in '-bin' is base64, "
                     "with its padding or without any"));
  }
  return bytes;
}

}  // namespace

absl::Status ValidateMetadataName(absl::string_view name) {
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("header with an empty name; allowed are ", kAllowedInNames));
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), IsNameByte);
  if (bad != name.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        Quoted({name}), ": byte 0x", absl::Hex(static_cast<unsigned char>(*bad), absl::kZeroPad2),
        " at offset ", bad - name.begin(), " of the name; allowed are ", kAllowedInNames));
  }
  const std::string lower = absl::AsciiStrToLower(name);
  if (absl::StartsWith(lower, "grpc-")) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted({name}),
                     ": names that begin with 'grpc-' belong to gRPC; allowed is "
                     "any other beginning"));
  }
  if (std::binary_search(kNotForwarded.begin(), kNotForwarded.end(), lower)) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted({name}),
                     ": it belongs to HTTP or gRPC and cannot be forwarded; allowed "
                     "are headers of the application"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<std::string, std::string>> ValidateMetadata(absl::string_view name,
                                                                     absl::string_view value,
                                                                     MetadataSource source) {
  if (absl::Status status = ValidateMetadataName(name); !status.ok()) return status;
  std::string lower = absl::AsciiStrToLower(name);
  const TrimmedValue trimmed = Trim(value);
  if (absl::EndsWith(lower, "-bin")) {
    absl::StatusOr<std::string> bytes = DecodeBinary({lower, source}, trimmed);
    if (!bytes.ok()) return bytes.status();
    return std::make_pair(std::move(lower), *std::move(bytes));
  }
  const auto bad = std::find_if_not(trimmed.text.begin(), trimmed.text.end(), IsPrintable);
  if (bad != trimmed.text.end()) {
    return BadByte({lower, source}, trimmed, bad - trimmed.text.begin(),
                   "printable ASCII, 0x20 to 0x7e");
  }
  return std::make_pair(std::move(lower), std::string(trimmed.text));
}

}  // namespace sluice
