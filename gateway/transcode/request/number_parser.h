// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace sluice {

// What a text is as a number of one type.
enum class NumberFit {
  kFits,
  kNoNumber,    // not a number as JSON writes it: `abc`, `+1`, `0x10`, `007`, ` 1`
  kNotWhole,    // `1.5`, for a type of whole numbers
  kOutOfRange,  // `300` were it a byte
};

template <typename Number>
struct NumberFromText {
  NumberFit fit = NumberFit::kNoNumber;
  Number value = 0;
};

// A number as JSON writes it, exactly: `1e2` and `5.0` are whole numbers, nothing passes through a
// double on its way to an integer, and real numbers are rounded once. What is too small for a
// double is 0. Number: int32_t, int64_t, uint32_t, uint64_t, float or double.
//
// Bounds: time grows with the length of the text, not with its exponent.
template <typename Number>
NumberFromText<Number> ParseNumber(absl::string_view text);

}  // namespace sluice
