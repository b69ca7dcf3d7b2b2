// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/text/hex.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Hex, ReadsTwoDigitsOfEitherCase) {
  EXPECT_EQ(HexByte("2F"), '/');
  EXPECT_EQ(HexByte("2frest"), '/');
  EXPECT_EQ(HexByte("fF"), '\xff');
  EXPECT_EQ(HexByte("00"), '\0');
  for (const char* text : {"", "2", "g0", "0g", " 1", "-1", "0x", "2:", "2@", "2`"}) {
    EXPECT_EQ(HexByte(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice
