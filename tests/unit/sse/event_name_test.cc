// SPDX-License-Identifier: Apache-2.0
#include "gateway/sse/event_name.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(EventName, KnowsThoseThatEventSourceHasForItself) {
  for (const char* name : {"open", "error", "message"}) EXPECT_TRUE(IsEventSourcesName(name));
  for (const char* name : {"", "Open", "ERROR", "messages", "close", "stream-open"}) {
    EXPECT_FALSE(IsEventSourcesName(name)) << name;
  }
}

TEST(EventName, KnowsThoseThatSluiceSendsOrMaySend) {
  for (const char* name : {"stream-open", "stream-error", "stream-later", "stream-"}) {
    EXPECT_TRUE(IsSluicesName(name)) << name;
  }
  for (const char* name : {"", "stream", "Stream-open", "streams-open", "my-stream-open"}) {
    EXPECT_FALSE(IsSluicesName(name)) << name;
  }
}

TEST(EventName, MakesANameThatAPageCanListenTo) {
  EXPECT_EQ(ListenableName("error"), "Error");
  EXPECT_EQ(ListenableName("open"), "Open");
  EXPECT_EQ(ListenableName("message"), "Message");
  for (const std::string name : {"Error", "Tick", "", "shop.v1.error"}) {
    EXPECT_EQ(ListenableName(name), name);
  }
}

}  // namespace
}  // namespace sluice
