// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_id.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(EventId, KeepsTheAlphabetAndEscapesTheRest) {
  EXPECT_EQ(EventId::FromValue("aZ09._-")->text(), "aZ09._-");
  EXPECT_EQ(EventId::FromValue("a b/~\n")->text(), "a~20b~2F~7E~0A");
  EXPECT_EQ(EventId::FromValue(std::string("\0\xff", 2))->text(), "~00~FF");
}

TEST(EventId, AValueCannotEndLikeAnEndedStream) {
  const std::string text = EventId::FromValue("x~end")->text();
  EXPECT_FALSE(IsEndId(text));
  EXPECT_EQ(UnescapeEventId(text), "x~end");
}

TEST(EventId, IsNothingWithoutAValueOrBeyondTheBound) {
  EXPECT_FALSE(EventId::FromValue("").has_value());
  EXPECT_TRUE(EventId::FromValue(std::string(124, 'a')).has_value());
  EXPECT_FALSE(EventId::FromValue(std::string(125, 'a')).has_value());
  EXPECT_FALSE(EventId::FromValue(std::string(42, '/')).has_value());  // 126 once escaped
}

TEST(EventId, ComesBackAsItWas) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  for (size_t at = 0; at < every_byte.size(); at += 32) {
    const std::string value = every_byte.substr(at, 32);
    EXPECT_EQ(UnescapeEventId(EventId::FromValue(value)->text()), value);
  }
}

TEST(EventId, WhatFromValueDidNotWriteDoesNotUnescape) {
  for (const char* foreign :
       {"", "a b", "~", "~4", "~4g", "~2f", "~41", "k7q2-1042~end", "é", "a/b"}) {
    EXPECT_FALSE(UnescapeEventId(foreign).has_value()) << foreign;
  }
  EXPECT_FALSE(UnescapeEventId(std::string(125, 'a')).has_value());
}

TEST(EventId, EndIdsAreKnownByTheirEndAlone) {
  EXPECT_EQ(EndId("k7q2-1042"), "k7q2-1042~end");
  EXPECT_EQ(EndId(""), "~end");
  EXPECT_TRUE(IsEndId("~end"));
  EXPECT_TRUE(IsEndId("/ any thing~end"));
  EXPECT_FALSE(IsEndId("~End"));
  EXPECT_FALSE(IsEndId("end"));
}

}  // namespace
}  // namespace sluice
