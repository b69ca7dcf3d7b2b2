// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// Values other than strings as JSON text, appended to a line that grows.
//
// Threads: any.

// Base64 in a string literal, quotes included.
void AppendJsonBase64(absl::string_view bytes, std::string& out);

// Whole numbers of 32 bits are numbers, those of 64 bits are strings: JavaScript would round them.
void AppendJsonInt(int32_t value, std::string& out);
void AppendJsonUint(uint32_t value, std::string& out);
void AppendJsonInt64(int64_t value, std::string& out);
void AppendJsonUint64(uint64_t value, std::string& out);

// The shortest decimal that reads back as the same value; "NaN", "Infinity" and "-Infinity" as
// strings.
void AppendJsonDouble(double value, std::string& out);
void AppendJsonFloat(float value, std::string& out);

// Bytes from base64 or base64url, padded or not. Nothing if `text` is neither.
std::optional<std::string> BytesFromBase64(absl::string_view text);

}  // namespace sluice
