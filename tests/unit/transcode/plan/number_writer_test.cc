// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/plan/number_writer.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

template <typename Number>
std::string Text(char* (*write)(Number, char*), Number value) {
  char text[kMaxNumberBytes];
  return std::string(text, write(value, text));
}

std::string Double(double value) { return Text(&WriteDouble, value); }
std::string Float(float value) { return Text(&WriteFloat, value); }

// Digits without sign, point, exponent and the zeros around them.
std::string Digits(const std::string& text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e'))) {
    if (c >= '0' && c <= '9' && (c != '0' || !digits.empty())) digits.push_back(c);
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return digits;
}

template <typename Real>
std::string Shortest(Real value) {
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

TEST(NumberText, WritesWholeNumbersOfEveryLength) {
  EXPECT_EQ(Text(&WriteUint64, uint64_t{0}), "0");
  for (uint64_t power = 1; power <= 1000000000000000000; power *= 10) {
    for (const uint64_t value : {power - 1, power, power + 1, power * 7 + 3}) {
      EXPECT_EQ(Text(&WriteUint64, value), std::to_string(value));
    }
  }
  EXPECT_EQ(Text(&WriteUint64, std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(Text(&WriteInt64, std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(Text(&WriteInt32, std::numeric_limits<int32_t>::min()), "-2147483648");
  EXPECT_EQ(Text(&WriteUint32, std::numeric_limits<uint32_t>::max()), "4294967295");
}

TEST(NumberText, WritesDecimalsAsPeopleDo) {
  EXPECT_EQ(Double(0), "0");
  EXPECT_EQ(Double(-0.0), "-0");
  EXPECT_EQ(Double(101.25), "101.25");
  EXPECT_EQ(Double(-0.1), "-0.1");
  EXPECT_EQ(Double(1000000), "1000000");
  EXPECT_EQ(Double(0.000125), "0.000125");
  EXPECT_EQ(Float(0.1f), "0.1");
  EXPECT_EQ(Float(-19.99f), "-19.99");
  EXPECT_EQ(Float(16777216.0f), "16777216");
  EXPECT_EQ(Float(1e20f), "1e20");
  EXPECT_EQ(Float(1.5e-20f), "1.5e-20");
  EXPECT_EQ(Float(3.4028235e38f), "3.4028235e38");
}

TEST(NumberText, QuotesWhatIsNoNumber) {
  EXPECT_EQ(Double(std::nan("")), "\"NaN\"");
  EXPECT_EQ(Double(HUGE_VAL), "\"Infinity\"");
  EXPECT_EQ(Float(-HUGE_VALF), "\"-Infinity\"");
}

TEST(NumberText, DoublesReadBackAndAreShortest) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random();
    const double any = std::bit_cast<double>(bits);
    const double decimal = static_cast<double>(bits % 100000000) / 1000.0;
    for (const double value : {any, decimal, decimal / 1000, decimal * 1e9}) {
      if (!std::isfinite(value)) continue;
      const std::string text = Double(value);
      ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
      ASSERT_EQ(Digits(text), Digits(Shortest(value))) << text;
    }
  }
}

TEST(NumberText, FloatsReadBackAndAreShortest) {
  std::mt19937 random(7);
  for (uint32_t i = 0; i < 60000; ++i) {
    // Every exponent, with the fractions at which intervals are uneven or powers of two.
    const uint32_t bits = i < 1024 ? (i % 256) << 23 | (i / 256) : random();
    const float value = std::bit_cast<float>(bits & 0x7fffffff);
    if (!std::isfinite(value)) continue;
    const std::string text = Float(value);
    ASSERT_EQ(std::strtof(text.c_str(), nullptr), value) << text;
    ASSERT_EQ(static_cast<float>(std::strtod(text.c_str(), nullptr)), value) << text;
    ASSERT_LE(Digits(text).size(), Digits(Shortest(value)).size()) << text;
  }
}

}  // namespace
}  // namespace sluice
