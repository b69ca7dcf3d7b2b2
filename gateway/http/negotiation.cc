// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/negotiation.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sluice {
namespace {

constexpr int kFullQuality = 1000;  // qualities have at most three decimals

// `1`, `0.5`, `0.125`; nothing if it is not a qvalue.
std::optional<int> ParseQuality(absl::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int quality = (text[0] - '0') * kFullQuality;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = 100;
  for (size_t i = 2; i < text.size(); ++i, weight /= 10) {
    if (!absl::ascii_isdigit(text[i])) return std::nullopt;
    quality += (text[i] - '0') * weight;
  }
  if (quality > kFullQuality) return std::nullopt;
  return quality;
}

struct MediaRange {
  std::string type;  // lower case; `*/*`, `text/*` or whole
  int quality = kFullQuality;
};

std::optional<MediaRange> ParseRange(absl::string_view text) {
  MediaRange range;
  bool first = true;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    part = absl::StripAsciiWhitespace(part);
    if (first) {
      range.type = absl::AsciiStrToLower(part);
      first = false;
    } else if (absl::StartsWithIgnoreCase(part, "q=")) {
      const std::optional<int> quality = ParseQuality(part.substr(2));
      if (!quality.has_value()) return std::nullopt;
      range.quality = *quality;
    }
  }
  if (!absl::StrContains(range.type, '/')) return std::nullopt;
  return range;
}

// How closely `range` names `type`: 0 not at all, 3 exactly.
int Closeness(absl::string_view range, absl::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  absl::string_view prefix = range;
  if (absl::ConsumeSuffix(&prefix, "*") && absl::StartsWith(type, prefix)) return 2;
  return 0;
}

}  // namespace

absl::string_view MediaTypeOf(Format format) {
  switch (format) {
    case Format::kSse:
      return "text/event-stream";
    case Format::kNdjson:
      return "application/x-ndjson";
    case Format::kJson:
      return "application/json";
  }
  return "";
}

std::optional<Format> Negotiate(absl::string_view accept, const std::vector<Format>& offers) {
  if (absl::StripAsciiWhitespace(accept).empty()) return offers.front();
  std::vector<MediaRange> ranges;
  for (const absl::string_view part : absl::StrSplit(accept, ',')) {
    std::optional<MediaRange> range = ParseRange(part);
    if (range.has_value()) ranges.push_back(*std::move(range));
  }
  std::optional<Format> best;
  int best_quality = 0;
  for (const Format offer : offers) {
    int closest = 0;
    int quality = 0;
    for (const MediaRange& range : ranges) {
      const int closeness = Closeness(range.type, MediaTypeOf(offer));
      if (closeness > closest) {
        closest = closeness;
        quality = range.quality;
      }
    }
    if (quality > best_quality) {
      best = offer;
      best_quality = quality;
    }
  }
  return best;
}

std::optional<Format> FormatFromAlt(absl::string_view alt) {
  if (alt == "sse") return Format::kSse;
  if (alt == "ndjson") return Format::kNdjson;
  if (alt == "json") return Format::kJson;
  return std::nullopt;
}

}  // namespace sluice
