// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

namespace sluice {

// Numbers as JSON text. Each writes at `out`, at most kMaxNumberBytes, and returns where it ended.

inline constexpr size_t kMaxNumberBytes = 32;

// "00" to "99".
struct DigitPairs {
  char text[200];
};
constexpr DigitPairs MakeDigitPairs() {
  DigitPairs pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs.text[2 * i] = static_cast<char>('0' + i / 10);
    pairs.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr DigitPairs kDigitPairs = MakeDigitPairs();

inline char* WriteTwoDigits(uint32_t value, char* out) {
  std::memcpy(out, kDigitPairs.text + 2 * value, 2);
  return out + 2;
}

inline char* WriteFourDigits(uint32_t value, char* out) {
  return WriteTwoDigits(value % 100, WriteTwoDigits(value / 100, out));
}

inline char* WriteEightDigits(uint32_t value, char* out) {
  return WriteFourDigits(value % 10000, WriteFourDigits(value / 10000, out));
}

// Below 100,000,000, without leading zeros.
inline char* WriteUpToEightDigits(uint32_t value, char* out) {
  if (value < 100) {
    if (value >= 10) return WriteTwoDigits(value, out);
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value < 10000) {
    if (value >= 1000) return WriteFourDigits(value, out);
    *out = static_cast<char>('0' + value / 100);
    return WriteTwoDigits(value % 100, out + 1);
  }
  return WriteFourDigits(value % 10000, WriteUpToEightDigits(value / 10000, out));
}

inline char* WriteUint64(uint64_t value, char* out) {
  constexpr uint64_t kEightDigits = 100000000;
  if (value < kEightDigits) return WriteUpToEightDigits(static_cast<uint32_t>(value), out);
  const uint64_t high = value / kEightDigits;
  const auto low = static_cast<uint32_t>(value % kEightDigits);
  if (high < kEightDigits) {
    return WriteEightDigits(low, WriteUpToEightDigits(static_cast<uint32_t>(high), out));
  }
  out = WriteUpToEightDigits(static_cast<uint32_t>(high / kEightDigits), out);
  out = WriteEightDigits(static_cast<uint32_t>(high % kEightDigits), out);
  return WriteEightDigits(low, out);
}

inline char* WriteInt64(int64_t value, char* out) {
  if (value >= 0) return WriteUint64(static_cast<uint64_t>(value), out);
  *out = '-';
  return WriteUint64(0 - static_cast<uint64_t>(value), out + 1);
}

inline char* WriteUint32(uint32_t value, char* out) { return WriteUint64(value, out); }
inline char* WriteInt32(int32_t value, char* out) { return WriteInt64(value, out); }

// The shortest digits that read back as the same value; "NaN", "Infinity" and "-Infinity" as
// strings.
char* WriteDouble(double value, char* out);
char* WriteFloat(float value, char* out);

}  // namespace sluice
