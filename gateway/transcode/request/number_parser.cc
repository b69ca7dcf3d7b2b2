// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/number_parser.h"

#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <system_error>
#include <type_traits>

#include "absl/strings/ascii.h"

namespace sluice {
namespace {

// More than any exponent that matters, however many digits come before or behind the point.
constexpr int64_t kMaxExponent = int64_t{1} << 40;
// Longer than every whole number that we have a type for.
constexpr int64_t kMaxWholeDigits = 20;

// A number as it is written: `digits` times ten to the `exponent`.
struct Decimal {
  bool negative = false;
  std::string digits;  // without zeros in front; empty: 0
  int64_t exponent = 0;

  // Its digits before the point; 0 and less where it is smaller than one.
  int64_t whole_digits() const { return static_cast<int64_t>(digits.size()) + exponent; }
};

absl::string_view TakeDigits(absl::string_view& text) {
  size_t count = 0;
  while (count < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[count]))) {
    ++count;
  }
  const absl::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool Take(char expected, absl::string_view& text) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// `e5`, `E+05`, `e-5`, or nothing, which is 0.
bool TakeExponent(absl::string_view& text, int64_t& exponent) {
  if (!Take('e', text) && !Take('E', text)) return true;
  const bool negative = Take('-', text);
  if (!negative) Take('+', text);
  const absl::string_view digits = TakeDigits(text);
  for (const char digit : digits) {
    if (exponent < kMaxExponent) exponent = exponent * 10 + (digit - '0');
  }
  if (negative) exponent = -exponent;
  return !digits.empty();
}

// False where it is not a number of JSON.
bool Parse(absl::string_view text, Decimal& decimal) {
  decimal.negative = Take('-', text);
  const absl::string_view whole = TakeDigits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  absl::string_view fraction;
  if (Take('.', text)) {
    fraction = TakeDigits(text);
    if (fraction.empty()) return false;
  }
  if (!TakeExponent(text, decimal.exponent) || !text.empty()) return false;

  decimal.digits.append(whole.data(), whole.size());
  decimal.digits.append(fraction.data(), fraction.size());
  decimal.exponent -= static_cast<int64_t>(fraction.size());
  decimal.digits.erase(0, decimal.digits.find_first_not_of('0'));
  while (!decimal.digits.empty() && decimal.digits.back() == '0') {
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  return true;
}

template <typename Whole>
NumberFromText<Whole> ToWhole(const Decimal& decimal) {
  if (decimal.digits.empty()) return {NumberFit::kFits, 0};
  if (decimal.exponent < 0) return {NumberFit::kNotWhole};
  if (decimal.whole_digits() > kMaxWholeDigits) return {NumberFit::kOutOfRange};
  std::string digits = decimal.negative ? "-" : "";
  digits.append(decimal.digits);
  digits.append(static_cast<size_t>(decimal.exponent), '0');
  if (decimal.negative && std::is_unsigned_v<Whole>) return {NumberFit::kOutOfRange};
  NumberFromText<Whole> whole;
  const std::from_chars_result parsed =
      std::from_chars(digits.data(), digits.data() + digits.size(), whole.value);
  whole.fit = parsed.ec == std::errc() ? NumberFit::kFits : NumberFit::kOutOfRange;
  return whole;
}

template <typename Real>
NumberFromText<Real> ToReal(absl::string_view text, const Decimal& decimal) {
  NumberFromText<Real> real;
  const std::from_chars_result parsed =
      std::from_chars(text.data(), text.data() + text.size(), real.value);
  if (parsed.ec == std::errc()) {
    real.fit = NumberFit::kFits;
  } else if (decimal.whole_digits() > 0) {
    real.fit = NumberFit::kOutOfRange;
  } else {  // from_chars gives the same error to what is too small
    real = {NumberFit::kFits, decimal.negative ? Real{-0.0} : Real{0.0}};
  }
  return real;
}

}  // namespace

template <typename Number>
NumberFromText<Number> ParseNumber(absl::string_view text) {
  Decimal decimal;
  if (!Parse(text, decimal)) return {NumberFit::kNoNumber};
  if constexpr (std::is_floating_point_v<Number>) {
    return ToReal<Number>(text, decimal);
  } else {
    return ToWhole<Number>(decimal);
  }
}

template NumberFromText<int32_t> ParseNumber(absl::string_view);
template NumberFromText<int64_t> ParseNumber(absl::string_view);
template NumberFromText<uint32_t> ParseNumber(absl::string_view);
template NumberFromText<uint64_t> ParseNumber(absl::string_view);
template NumberFromText<float> ParseNumber(absl::string_view);
template NumberFromText<double> ParseNumber(absl::string_view);

}  // namespace sluice
