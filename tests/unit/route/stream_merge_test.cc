// SPDX-License-Identifier: Apache-2.0
#include "gateway/route/stream_merge.h"

#include "gateway/config/config_printer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/route/every_option.h"
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

TEST(StreamMerge, LetsTheLaterLevelWinForEveryOption) {
  for (const OptionSample& option : OptionSamples::All()) {
    StreamMerge merge;
    merge.Add("first", option.first);
    EXPECT_EQ(merge.options().ShortDebugString(), option.first.ShortDebugString());
    EXPECT_EQ(merge.WhereOf(option.path), "first");
    merge.Add("second", option.second);
    EXPECT_EQ(merge.options().ShortDebugString(), option.second.ShortDebugString());
    EXPECT_EQ(merge.WhereOf(option.path), "second");
    EXPECT_EQ(ToText(merge.problems()), "");
  }
}

TEST(StreamMerge, PrintsEveryOptionWithThePlaceThatSaidIt) {
  for (const OptionSample& option : OptionSamples::All()) {
    StreamMerge merge;
    merge.Add("f:1:2", option.first);
    const std::string yaml = PrintYaml(merge.WithPresets(), merge.Origins());
    const std::string name = option.path.substr(option.path.rfind('.') + 1);
    EXPECT_THAT(yaml, testing::ContainsRegex(absl::StrCat("(^|[ \n])", name, R"(: [["]?)",
                                                          option.first_text,
                                                          R"([]"]?  # from f:1:2)", "\n")));
  }
}

TEST(StreamMerge, PutsPresetsBelowEveryLevel) {
  const sluice::v1::StreamOptions none = StreamMerge().WithPresets();
  EXPECT_EQ(none.retry().seconds(), 3);
  EXPECT_EQ(none.event(), sluice::v1::StreamOptions::MESSAGE);
  EXPECT_FALSE(none.has_share());
  const sluice::v1::StreamOptions some = Merged("endless: true", "share {}").WithPresets();
  EXPECT_TRUE(some.endless());
  EXPECT_EQ(some.share().linger().seconds(), 5);
  EXPECT_FALSE(Merged("event_name: 'a'", "").WithPresets().has_event());
}

TEST(StreamMerge, KnowsTheOriginOfWhatIsInForce) {
  const auto origins = Merged("event_name: 'a' share {}", "share { linger {} }").Origins();
  EXPECT_EQ(origins.at("event_name"), "first");
  EXPECT_EQ(origins.at("share.linger"), "second");
  EXPECT_EQ(origins.at("share.history.events"), "default");
  EXPECT_EQ(origins.at("required"), "default");
  EXPECT_EQ(origins.count("event"), 0u);
  EXPECT_EQ(origins.count("max_age"), 0u);
}

TEST(StreamMerge, TakesTheZeroOfAnEnumForNothing) {
  const StreamMerge merge = Merged(
      "event: EVENT_UNSPECIFIED event_name: 'a' share { slow: SKIP }",
      "event: EVENT_UNSPECIFIED share { slow: SLOW_UNSPECIFIED start { at: AT_UNSPECIFIED } }");
  EXPECT_EQ(ToText(merge.problems()), "");
  EXPECT_EQ(merge.options().event_name(), "a");
  EXPECT_EQ(merge.WithPresets().share().slow(), sluice::v1::Share::SKIP);
  EXPECT_EQ(merge.WithPresets().share().start().at(), sluice::v1::Start::LIVE);
}

TEST(StreamMerge, ReportsValuesThatItDoesNotKnow) {
  const char* const cases[][2] = {
      {"event: 99",
       "event: is 99, which this version does not know; write one of MESSAGE, FULL, "
       "ONEOF, NONE"},
      {"share { slow: 9 }",
       "share.slow: is 9, which this version does not know; write one of "
       "DISCONNECT, SKIP, LATEST"},
      {"share { on_gap: -1 }",
       "share.on_gap: is -1, which this version does not know; write one "
       "of OLDEST, LIVE"},
      {"share { start { at: 9 } }",
       "share.start.at: is 9, which this version does not know; write "
       "one of LIVE, ALL"},
  };
  for (const auto& [said, wrong] : cases) {
    EXPECT_EQ(ToText(Merged("", said).problems()), absl::StrCat("second: ", wrong, "\n"));
  }
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
