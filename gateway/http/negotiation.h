// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace sluice {

// The forms in which an answer can be written.
enum class Format { kSse, kNdjson, kJson };

// `text/event-stream`, `application/x-ndjson`, `application/json`.
absl::string_view MediaTypeOf(Format format);

// The best of `offers` for an Accept header (RFC 9110, section 12.5.1): of the highest quality, and
// among equals the first offered. An empty `accept` takes anything. Nothing if nothing fits. What
// does not parse in `accept` is passed over.
std::optional<Format> Negotiate(absl::string_view accept, const std::vector<Format>& offers);

// The format that `?alt=` names: `sse`, `ndjson` or `json`.
std::optional<Format> FormatFromAlt(absl::string_view alt);

}  // namespace sluice
