// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_merge.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/route_schema.h"

namespace sluice {
namespace {

StreamMerge Merged(const std::string& first, const std::string& second) {
  StreamMerge merge;
  merge.Add("first", Options(first));
  merge.Add("second", Options(second));
  return merge;
}

TEST(StreamMerge, LetsLaterLevelsWinFieldByField) {
  const StreamMerge merge =
      Merged("id_field: 'a' endless: true heartbeat_event: true", "id_field: 'b' endless: false");
  EXPECT_EQ(merge.options().ShortDebugString(),
            Options("id_field: 'b' endless: false heartbeat_event: true").ShortDebugString());
  EXPECT_EQ(merge.WhereOf("id_field"), "second");
  EXPECT_EQ(merge.WhereOf("heartbeat_event"), "first");
  EXPECT_EQ(merge.WhereOf("retry"), "");
}

TEST(StreamMerge, GoesIntoWhatShareHolds) {
  const StreamMerge merge =
      Merged("share { slow: SKIP history { events: 5 bytes: 6 } reopen { min { seconds: 1 } } }",
             "share { history { events: 7 } reopen { max { seconds: 2 } } start { last: 3 } }");
  EXPECT_EQ(merge.options().ShortDebugString(),
            Options("share { slow: SKIP history { events: 7 bytes: 6 } start { last: 3 } reopen { "
                    "min { seconds: 1 } max { seconds: 2 } } }")
                .ShortDebugString());
  EXPECT_EQ(merge.WhereOf("share.history.events"), "second");
  EXPECT_EQ(merge.WhereOf("share.history.bytes"), "first");
}

TEST(StreamMerge, ReplacesADurationWhole) {
  const StreamMerge merge = Merged("retry { seconds: 1 nanos: 500000000 }", "retry { seconds: 4 }");
  EXPECT_EQ(merge.options().retry().nanos(), 0);
  EXPECT_EQ(merge.options().retry().seconds(), 4);
  EXPECT_TRUE(Merged("retry { seconds: 1 }", "retry {}").options().has_retry());
  EXPECT_EQ(Merged("retry { seconds: 1 }", "retry {}").options().retry().seconds(), 0);
}

TEST(StreamMerge, ReplacesAListUnlessItIsEmpty) {
  EXPECT_EQ(Merged("required: 'a' required: 'b'", "required: 'c'").options().required_size(), 1);
  EXPECT_EQ(Merged("required: 'a' required: 'b'", "").options().required_size(), 2);
}

TEST(StreamMerge, KeepsOneMemberOfAOneof) {
  const StreamMerge merge = Merged("share { start { at: ALL } }", "share { start { last: 5 } }");
  EXPECT_EQ(merge.options().share().start().last(), 5u);
  EXPECT_FALSE(merge.options().share().start().has_at());
}

TEST(StreamMerge, KeepsAnEmptyShare) { EXPECT_TRUE(Merged("share {}", "").options().has_share()); }

TEST(StreamMerge, TakesEventAndEventNameAsOneChoice) {
  EXPECT_FALSE(Merged("event_name: 'a'", "event: FULL").options().has_event_name());
  EXPECT_FALSE(Merged("event: FULL", "event_name: 'a'").options().has_event());
  EXPECT_TRUE(Merged("event: FULL", "event_name: 'a'").problems().empty());
}

TEST(StreamMerge, ReportsALevelThatSaysBoth) {
  EXPECT_EQ(ToText(Merged("", "event: FULL event_name: 'a'").problems()),
            "second: event_name: stands beside `event`; a stream has one of them, never both\n");
}

TEST(StreamMerge, ReportsWhatANewerVersionHasToSay) {
  sluice::v1::StreamOptions options;
  options.GetReflection()
      ->MutableMessage(&options, options.GetDescriptor()->FindFieldByName("share"))
      ->ParseFromString(std::string("\xe8\x04\x01", 3));
  StreamMerge merge;
  merge.Add("first", options);
  EXPECT_EQ(ToText(merge.problems()),
            "first: share: has a field with the number 77, which this version does not know; it "
            "needs a newer one\n");
}

}  // namespace
}  // namespace sluice
