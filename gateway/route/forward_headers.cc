// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/forward_headers.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/text/shown.h"

namespace sluice {
namespace {

constexpr size_t kLongestName = 256;
constexpr size_t kShownBytes = 80;

constexpr const char* kOfConnection[] = {
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
};

constexpr const char* kOfSluice[] = {"last-event-id", "x-forwarded-for"};
constexpr absl::string_view kRequestId = "x-request-id";
constexpr const char* kParametersOfSluice[] = {"alt", "event", "lastEventId"};

template <typename Names>
bool Has(const Names& names, absl::string_view name) {
  return std::any_of(std::begin(names), std::end(names),
                     [name](const char* other) { return name == other; });
}

bool IsOfMetadata(char byte) {
  return absl::ascii_islower(static_cast<unsigned char>(byte)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(byte)) || byte == '_' || byte == '-' ||
         byte == '.';
}

// What is wrong with a name in lower case that is to be metadata; empty for nothing.
std::string WrongAsMetadata(absl::string_view lower) {
  if (lower.empty()) return "is empty";
  if (lower.size() > kLongestName) return absl::StrCat("is longer than ", kLongestName, " bytes");
  if (!std::all_of(lower.begin(), lower.end(), IsOfMetadata)) {
    return "holds a byte that gRPC does not take; allowed are letters, digits and _ . -";
  }
  if (absl::StartsWith(lower, "grpc-")) return "is gRPC's own";
  if (Has(kOfConnection, lower)) {
    return "belongs to the connection between browser and gateway and ends there";
  }
  return "";
}

}  // namespace

const std::vector<std::string>& UsualForwardHeaders() {
  static const std::vector<std::string>& names = *new std::vector<std::string>{
      "authorization", "traceparent", "tracestate", "x-request-id", "accept-language"};
  return names;
}

const std::vector<std::string>& SharedForwardHeaders() {
  static const std::vector<std::string>& names = *new std::vector<std::string>{"authorization"};
  return names;
}

absl::StatusOr<std::string> ForwardHeader(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  std::string wrong = WrongAsMetadata(lower);
  if (wrong.empty() && Has(kOfSluice, lower)) wrong = "is written by Sluice itself";
  if (wrong.empty()) return lower;
  return absl::InvalidArgumentError(
      absl::StrCat("forward_headers: \"", Shown(name, kShownBytes), "\" ", wrong));
}

absl::StatusOr<std::string> MetadataOfParameter(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  std::string wrong = WrongAsMetadata(lower);
  if (wrong.empty() && (Has(kOfSluice, lower) || lower == kRequestId)) {
    wrong = "is written by Sluice itself";
  }
  if (wrong.empty() && Has(kParametersOfSluice, name)) {
    wrong = "is a parameter that Sluice reads itself";
  }
  if (wrong.empty()) return lower;
  return absl::InvalidArgumentError(
      absl::StrCat("query_metadata: \"", Shown(name, kShownBytes), "\" ", wrong));
}

}  // namespace sluice
