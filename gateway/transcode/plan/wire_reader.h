// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice {

// The pieces of the wire format. Each reads at `at`, not beyond `end`, and returns where it ended,
// or null where the bytes are broken. They accept what protobuf's parser accepts, to the byte.

enum WireType : uint32_t {
  kWireVarint = 0,
  kWireFixed64 = 1,
  kWireLength = 2,
  kWireGroup = 3,
  kWireEndGroup = 4,
  kWireFixed32 = 5,
};

// At most ten bytes; what does not fit into 64 bits is dropped.
inline const uint8_t* ReadLongVarint(const uint8_t* at, const uint8_t* end, uint64_t& value) {
  constexpr ptrdiff_t kMaxBytes = 10;
  const uint8_t* const last = end - at > kMaxBytes ? at + kMaxBytes : end;
  uint64_t bits = 0;
  for (int shift = 0; at < last; shift += 7) {
    const uint64_t byte = *at++;
    bits |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = bits;
      return at;
    }
  }
  return nullptr;
}

inline const uint8_t* ReadVarint(const uint8_t* at, const uint8_t* end, uint64_t& value) {
  if (at < end && *at < 0x80) {
    value = *at;
    return at + 1;
  }
  return ReadLongVarint(at, end, value);
}

// At most five bytes; what does not fit into 32 bits is dropped.
inline const uint8_t* ReadTag(const uint8_t* at, const uint8_t* end, uint32_t& tag) {
  constexpr ptrdiff_t kMaxBytes = 5;
  uint64_t bits = 0;
  const uint8_t* const after = ReadVarint(at, end - at > kMaxBytes ? at + kMaxBytes : end, bits);
  tag = static_cast<uint32_t>(bits);
  return after;
}

// A length, which is not more than what follows it.
inline const uint8_t* ReadLength(const uint8_t* at, const uint8_t* end, size_t& length) {
  constexpr ptrdiff_t kMaxBytes = 5;
  uint64_t bits = 0;
  const uint8_t* const after = ReadVarint(at, end - at > kMaxBytes ? at + kMaxBytes : end, bits);
  if (after == nullptr || bits > static_cast<uint64_t>(end - after)) return nullptr;
  length = static_cast<size_t>(bits);
  return after;
}

inline const uint8_t* ReadFixed32(const uint8_t* at, const uint8_t* end, uint64_t& value) {
  if (end - at < 4) return nullptr;
  uint32_t bits;
  std::memcpy(&bits, at, sizeof(bits));
  value = bits;
  return at + sizeof(bits);
}

inline const uint8_t* ReadFixed64(const uint8_t* at, const uint8_t* end, uint64_t& value) {
  if (end - at < 8) return nullptr;
  std::memcpy(&value, at, sizeof(value));
  return at + sizeof(value);
}

inline int64_t ZigZag(uint64_t bits) {
  return static_cast<int64_t>((bits >> 1) ^ (0 - (bits & 1)));
}

}  // namespace sluice
