// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/request/number_parser.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

template <typename Number>
Number Value(absl::string_view text) {
  const NumberFromText<Number> number = ParseNumber<Number>(text);
  EXPECT_EQ(number.fit, NumberFit::kFits) << text;
  return number.value;
}

template <typename Number>
NumberFit Fit(absl::string_view text) {
  return ParseNumber<Number>(text).fit;
}

TEST(NumberText, TakesWholeNumbersHoweverTheyAreWritten) {
  EXPECT_EQ(Value<int32_t>("0"), 0);
  EXPECT_EQ(Value<int32_t>("-0"), 0);
  EXPECT_EQ(Value<uint32_t>("-0.0e7"), 0U);
  EXPECT_EQ(Value<int32_t>("0e999999999999999999999"), 0);
  EXPECT_EQ(Value<int32_t>("1e2"), 100);
  EXPECT_EQ(Value<int32_t>("1.50E+01"), 15);
  EXPECT_EQ(Value<int32_t>("1200e-2"), 12);
  EXPECT_EQ(Value<int32_t>("0.0000012e7"), 12);
}

TEST(NumberText, KeepsEveryDigitOfAWholeNumber) {
  EXPECT_EQ(Value<int64_t>("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Value<int64_t>("-9223372036854775808.000"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(Value<uint64_t>("1.8446744073709551615e19"), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Value<int64_t>("9007199254740993"), 9007199254740993);
}

TEST(NumberText, TellsWhatIsNoNumber) {
  for (const char* text :
       {"",     "-",    "+1",  " 1",  "1 ",  "01",    "-01", "1.",  ".5",    "1e", "1e+",
        "1.e1", "0x10", "inf", "nan", "NaN", "1_000", "1,5", "--1", "1e1.5", "1-"}) {
    EXPECT_EQ(Fit<int64_t>(text), NumberFit::kNoNumber) << text;
    EXPECT_EQ(Fit<double>(text), NumberFit::kNoNumber) << text;
  }
}

TEST(NumberText, TellsFractionsFromNumbersOutOfRange) {
  for (const char* text : {"1.5", "1e-1", "-0.001", "1e-999999999999999999999"}) {
    EXPECT_EQ(Fit<int64_t>(text), NumberFit::kNotWhole) << text;
  }
  EXPECT_EQ(Fit<int32_t>("2147483648"), NumberFit::kOutOfRange);
  EXPECT_EQ(Fit<int32_t>("-2147483649"), NumberFit::kOutOfRange);
  EXPECT_EQ(Fit<uint32_t>("-1"), NumberFit::kOutOfRange);
  EXPECT_EQ(Fit<uint64_t>("18446744073709551616"), NumberFit::kOutOfRange);
  EXPECT_EQ(Fit<int64_t>("1e999999999999999999999"), NumberFit::kOutOfRange);
}

TEST(NumberText, RoundsARealNumberOnce) {
  EXPECT_EQ(Value<double>("0.1"), 0.1);
  EXPECT_EQ(Value<double>("100000000000000000000"), 1e20);
  EXPECT_EQ(Value<float>("3.4028235e38"), std::numeric_limits<float>::max());
  EXPECT_EQ(Value<double>("4.9e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_TRUE(std::signbit(Value<double>("-0")));
  EXPECT_EQ(Fit<float>("3.5e38"), NumberFit::kOutOfRange);
  EXPECT_EQ(Fit<double>("1e309"), NumberFit::kOutOfRange);
}

TEST(NumberText, TakesWhatIsTooSmallForZero) {
  EXPECT_EQ(Value<double>("1e-400"), 0.0);
  EXPECT_EQ(Value<float>("1e-50"), 0.0F);
  EXPECT_TRUE(std::signbit(Value<double>("-1e-99999999999999999999")));
}

TEST(NumberText, ReadsLongTextsInTheirLength) {
  const std::string zeros(1 << 20, '0');
  EXPECT_EQ(Value<int32_t>("0." + zeros + "1e1048577"), 1);
  EXPECT_EQ(Value<int32_t>("1." + zeros), 1);
  EXPECT_EQ(Fit<int64_t>("1" + zeros), NumberFit::kOutOfRange);
}

}  // namespace
}  // namespace sluice
