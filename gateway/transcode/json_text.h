// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// Values as JSON text, appended to a line that grows. What they write has no raw control bytes, no
// U+0085, U+2028 or U+2029, and is valid UTF-8.
//
// Threads: any.

// A string literal, quotes included. False if `text` is not valid UTF-8; then what was appended is
// of no use.
[[nodiscard]] bool AppendJsonString(absl::string_view text, std::string& out);

// The same without the quotes, so that a literal can be made of several pieces.
[[nodiscard]] bool AppendJsonStringPart(absl::string_view text, std::string& out);

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

// True if `text` is valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

// Bytes from base64 or base64url, padded or not. Nothing if `text` is neither.
std::optional<std::string> BytesFromBase64(absl::string_view text);

}  // namespace sluice
