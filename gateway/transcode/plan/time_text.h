// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sluice {

// The content of a Timestamp or a Duration as JSON text, quotes included. Each writes at `out`, at
// most kMaxTimeBytes, and returns where it ended; null if the value is out of range.

inline constexpr int kMaxTimeBytes = 40;

// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second; years 1 to 9999.
char* WriteTimestamp(int64_t seconds, int32_t nanos, char* out);

// `"1.500s"`; at most 315,576,000,000 s (10,000 years), one sign for both parts.
char* WriteDuration(int64_t seconds, int32_t nanos, char* out);

}  // namespace sluice
