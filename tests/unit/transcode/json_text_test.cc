// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/json_text.h"

#include <limits>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace sluice {
namespace {

std::string Double(double value) {
  std::string out;
  AppendJsonDouble(value, out);
  return out;
}

std::string Float(float value) {
  std::string out;
  AppendJsonFloat(value, out);
  return out;
}

TEST(JsonText, WritesLongIntegersAsStrings) {
  std::string out;
  AppendJsonInt64(std::numeric_limits<int64_t>::min(), out);
  AppendJsonUint64(std::numeric_limits<uint64_t>::max(), out);
  AppendJsonInt(std::numeric_limits<int32_t>::min(), out);
  AppendJsonUint(std::numeric_limits<uint32_t>::max(), out);
  EXPECT_EQ(out, "\"-9223372036854775808\"\"18446744073709551615\"-21474836484294967295");
}

TEST(JsonText, WritesTheShortestNumberThatReadsBack) {
  EXPECT_EQ(Double(101.25), "101.25");
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(-0.0), "-0");
  EXPECT_EQ(Double(1e300), "1e+300");
  EXPECT_EQ(Double(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Double(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
  EXPECT_EQ(Double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(Float(0.1F), "0.1");
  for (const double value : {5e-324, 1.7976931348623157e308, 1.0 / 3, 123456789012345680.0}) {
    EXPECT_EQ(nlohmann::json::parse(Double(value)).get<double>(), value);
  }
}

TEST(JsonText, ReadsBothKindsOfBase64WithAndWithoutPadding) {
  EXPECT_EQ(BytesFromBase64(""), "");
  EXPECT_EQ(BytesFromBase64("+/8="), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("-_8="), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("-_8"), "\xfb\xff");
  EXPECT_EQ(BytesFromBase64("YWJj"), "abc");
  EXPECT_EQ(BytesFromBase64("YQ"), "a");
  EXPECT_EQ(BytesFromBase64("YQ=="), "a");
  // Bits behind the last byte: protobuf's conformance tests want them to be passed over.
  EXPECT_EQ(BytesFromBase64("-_"), "\xfb");
}

TEST(JsonText, RefusesWhatIsNotBase64) {
  for (const char* text :
       {"YQ=", "Y", "YQ===", "=", "====", "Y Q=", "YQ==YQ==", "YQ==\n", "a*bc", "-+8="}) {
    EXPECT_EQ(BytesFromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice
