// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/number_writer.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>

// Most numbers that people send are decimals with a few places. A decimal of at most 15 digits (6
// in a float) is the only one of that length that reads back as its number, so when one is found it
// is the shortest. Doubles that are none go to std::to_chars. For floats, which come by the
// thousand, the shortest decimal is looked for here, as Raffaello Giulietti describes it ("The
// Schubfach way to render doubles"): of the decimals 10^k apart, k as large as the interval that
// rounds to the float can be sure to hold one of, the nearest two are compared with the interval's
// bounds in whole numbers.

namespace sluice {
namespace {

constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

// `digits` times ten to the power of `exponent`.
struct Decimal {
  uint64_t digits = 0;
  int exponent = 0;
};

int CountDigits(uint64_t value) {
  int count = 1;
  for (; value >= 10; value /= 10) ++count;
  return count;
}

char* WriteScientific(Decimal decimal, int count, char* out) {
  for (; decimal.digits % 10 == 0 && count > 1; --count) {
    decimal.digits /= 10;
    ++decimal.exponent;
  }
  char* const first = out;
  out = WriteUint64(decimal.digits, first + 1);
  first[0] = first[1];
  first[1] = '.';
  if (count == 1) --out;
  *out++ = 'e';
  return WriteInt32(decimal.exponent + count - 1, out);
}

char* WriteDecimal(Decimal decimal, char* out) {
  while (decimal.exponent < 0 && decimal.digits % 10 == 0) {
    decimal.digits /= 10;
    ++decimal.exponent;
  }
  if (decimal.exponent == 0) return WriteUint64(decimal.digits, out);
  constexpr int kMostZeros = 6;
  const int count = CountDigits(decimal.digits);
  const int point = count + decimal.exponent;  // digits before it
  if (decimal.exponent > kMostZeros || point <= -kMostZeros) {
    return WriteScientific(decimal, count, out);
  }
  if (decimal.exponent > 0) {
    out = WriteUint64(decimal.digits, out);
    std::memset(out, '0', kMostZeros);
    return out + decimal.exponent;
  }
  if (point > 0) {
    char* const end = WriteUint64(decimal.digits, out);
    std::memmove(out + point + 1, out + point, static_cast<size_t>(count - point));
    out[point] = '.';
    return end + 1;
  }
  std::memcpy(out, "0.000000", 8);
  return WriteUint64(decimal.digits, out + 2 - point);
}

// The same for a number of thousandths, which is what most decimals that people send are.
char* WriteThousandths(uint64_t thousandths, char* out) {
  out = WriteUint64(thousandths / 1000, out);
  const auto fraction = static_cast<uint32_t>(thousandths % 1000);
  if (fraction == 0) return out;
  out[0] = '.';
  out[1] = static_cast<char>('0' + fraction / 100);
  WriteTwoDigits(fraction % 100, out + 2);
  return out + 4 - (fraction % 10 == 0 ? 1 : 0) - (fraction % 100 == 0 ? 1 : 0);
}

char* WriteNonFinite(double value, char* out) {
  const char* text = std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  const size_t size = std::strlen(text);
  std::memcpy(out, text, size);
  return out + size;
}

// True if `magnitude` is a decimal with `places` places and so few digits that it is the shortest.
template <typename Real>
bool IsDecimal(Real magnitude, int places, double most, Decimal& decimal) {
  const double scaled = static_cast<double>(magnitude) * kPowers[places];
  if (scaled >= most) return false;
  decimal = {static_cast<uint64_t>(scaled + 0.5), -places};
  return static_cast<Real>(static_cast<double>(decimal.digits) / kPowers[places]) == magnitude;
}

// Floor of exponent * log10(2), of log10(3/4 * 2^exponent), and of exponent * log2(10).
constexpr int FloorLog10Pow2(int exponent) { return (exponent * 1262611) >> 22; }
constexpr int FloorLog10ThreeQuartersPow2(int exponent) {
  return (exponent * 1262611 - 524031) >> 22;
}
constexpr int FloorLog2Pow10(int exponent) { return (exponent * 1741647) >> 19; }

constexpr int kMinPower = -31;
constexpr int kMaxPower = 45;

// 10^power with its highest bit at 2^63, rounded up where it is not exact.
constexpr uint64_t PowerOfTen(int power) {
  // 256 bits, the highest limb last.
  uint64_t limbs[4] = {power >= 0 ? 1u : 0u, 0, 0, power >= 0 ? 0u : uint64_t{1} << 63};
  bool exact = true;
  for (int i = 0; i < power; ++i) {
    unsigned __int128 carry = 0;
    for (uint64_t& limb : limbs) {
      carry += static_cast<unsigned __int128>(limb) * 10;
      limb = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
  }
  for (int i = 0; i > power; --i) {
    unsigned __int128 rest = 0;
    for (int limb = 3; limb >= 0; --limb) {
      rest = rest << 64 | limbs[limb];
      limbs[limb] = static_cast<uint64_t>(rest / 10);
      rest %= 10;
    }
    exact = false;
  }
  int top = 3;
  while (limbs[top] == 0) --top;
  const int shift = std::countl_zero(limbs[top]);
  uint64_t bits = limbs[top] << shift;
  if (top > 0 && shift > 0) bits |= limbs[top - 1] >> (64 - shift);
  if (top > 0 && (limbs[top - 1] << shift) != 0) exact = false;
  for (int limb = 0; limb + 1 < top; ++limb) exact = exact && limbs[limb] == 0;
  return exact ? bits : bits + 1;
}

constexpr std::array<uint64_t, kMaxPower - kMinPower + 1> MakePowersOfTen() {
  std::array<uint64_t, kMaxPower - kMinPower + 1> powers{};
  for (int power = kMinPower; power <= kMaxPower; ++power) {
    powers[static_cast<size_t>(power - kMinPower)] = PowerOfTen(power);
  }
  return powers;
}
constexpr std::array<uint64_t, kMaxPower - kMinPower + 1> kPowersOfTen = MakePowersOfTen();

// The product's upper bits; its lowest bit says whether anything was cut off.
uint32_t RoundedToOdd(uint64_t power, uint32_t factor) {
  const unsigned __int128 product = static_cast<unsigned __int128>(power) * factor;
  const auto upper = static_cast<uint32_t>(product >> 64);
  const auto lower = static_cast<uint32_t>(product >> 32);
  return upper | (lower > 1 ? 1 : 0);
}

// The shortest decimal that reads back as the positive `value`; of those the nearest.
Decimal ShortestOf(float value) {
  constexpr int kFractionBits = 23;
  constexpr int kExponentBias = 127 + kFractionBits;
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t fraction = bits & ((1u << kFractionBits) - 1);
  const int biased = static_cast<int>(bits >> kFractionBits);
  const uint32_t significand = biased != 0 ? fraction | 1u << kFractionBits : fraction;
  const int exponent = (biased != 0 ? biased : 1) - kExponentBias;
  const bool is_uneven = fraction == 0 && biased > 1;  // the next float below is nearer
  const uint32_t excluded = significand & 1;           // whether the interval's bounds are outside

  const int k = is_uneven ? FloorLog10ThreeQuartersPow2(exponent) : FloorLog10Pow2(exponent);
  const int shift = exponent + FloorLog2Pow10(-k) + 1;
  const uint64_t power = kPowersOfTen[static_cast<size_t>(-k - kMinPower)];
  // In quarters of 10^k.
  const uint32_t lower =
      RoundedToOdd(power, (4 * significand - (is_uneven ? 1 : 2)) << shift) + excluded;
  const uint32_t middle = RoundedToOdd(power, 4 * significand << shift);
  const uint32_t upper = RoundedToOdd(power, (4 * significand + 2) << shift) - excluded;

  const uint32_t below = middle / 4;
  if (below >= 10) {
    const uint32_t tens = below / 10;
    const bool lower_is_inside = lower <= 40 * tens;
    const bool upper_is_inside = 40 * tens + 40 <= upper;
    if (lower_is_inside != upper_is_inside) return {tens + (upper_is_inside ? 1 : 0), k + 1};
  }
  const bool lower_is_inside = lower <= 4 * below;
  const bool upper_is_inside = 4 * below + 4 <= upper;
  if (lower_is_inside != upper_is_inside) return {below + (upper_is_inside ? 1 : 0), k};
  const uint32_t half = 4 * below + 2;
  const bool up = middle > half || (middle == half && (below & 1) != 0);
  return {below + (up ? 1 : 0), k};
}

}  // namespace

char* WriteDouble(double value, char* out) {
  constexpr double kMost = 1e15;
  if (!std::isfinite(value)) return WriteNonFinite(value, out);
  const double magnitude = std::fabs(value);
  Decimal decimal;
  if (IsDecimal(magnitude, 3, kMost, decimal)) {
    if (std::signbit(value)) *out++ = '-';
    return WriteThousandths(decimal.digits, out);
  }
  if (IsDecimal(magnitude, 0, kMost, decimal) || IsDecimal(magnitude, 6, kMost, decimal)) {
    if (std::signbit(value)) *out++ = '-';
    return WriteDecimal(decimal, out);
  }
  return std::to_chars(out, out + kMaxNumberBytes, value).ptr;
}

char* WriteFloat(float value, char* out) {
  constexpr double kMost = 1e6;
  if (!std::isfinite(value)) return WriteNonFinite(value, out);
  const float magnitude = std::fabs(value);
  if (std::signbit(value)) *out++ = '-';
  Decimal decimal;
  if (IsDecimal(magnitude, 3, kMost, decimal)) return WriteThousandths(decimal.digits, out);
  return WriteDecimal(ShortestOf(magnitude), out);
}

}  // namespace sluice
