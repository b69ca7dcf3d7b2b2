// SPDX-License-Identifier: Apache-2.0
#include "gateway/transcode/well_known.h"

#include <optional>
#include <string>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

struct Case {
  SecondsNanos value;
  std::string text;
};

TEST(WellKnown, WritesAndReadsTimestamps) {
  const Case cases[] = {{{0, 0}, "1970-01-01T00:00:00Z"},
                        {{0, 5000000}, "1970-01-01T00:00:00.005Z"},
                        {{1709208000, 1000}, "2024-02-29T12:00:00.000001Z"},
                        {{-1, 999999999}, "1969-12-31T23:59:59.999999999Z"},
                        {{-62135596800, 0}, "0001-01-01T00:00:00Z"},
                        {{253402300799, 999999999}, "9999-12-31T23:59:59.999999999Z"}};
  for (const Case& c : cases) {
    EXPECT_EQ(TimestampText(c.value), c.text);
    const std::optional<SecondsNanos> read = TimestampFromText(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(read->seconds, c.value.seconds);
    EXPECT_EQ(read->nanos, c.value.nanos);
  }
}

TEST(WellKnown, HasNoTextForTimestampsOutOfRange) {
  const SecondsNanos bad[] = {{-62135596801, 0}, {253402300800, 0}, {0, -1},
                              {0, 1000000000},   {INT64_MAX, 0},    {INT64_MIN, 0}};
  for (const SecondsNanos& time : bad) EXPECT_EQ(TimestampText(time), std::nullopt);
}

TEST(WellKnown, ReadsTimestampsOfAnyOffset) {
  EXPECT_EQ(TimestampFromText("1970-01-01T01:30:00+01:30")->seconds, 0);
  EXPECT_EQ(TimestampFromText("1969-12-31T22:00:00-02:00")->seconds, 0);
  EXPECT_EQ(TimestampFromText("1970-01-01T00:00:00.5Z")->nanos, 500000000);
}

TEST(WellKnown, RefusesTextsThatAreNoTimestamp) {
  for (const char* text :
       {"", "2024-02-30T00:00:00Z", "2024-02-29", "2024-02-29T12:00:00", "2024-02-29t12:00:00Z",
        "2024-02-29T12:00:00z", "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z",
        "2024-02-29T12:00:60Z", "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00.1234567890Z",
        "2024-02-29T12:00:00Z ", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00", "2024-02-29T12:00:00+24:00", "2024-13-01T00:00:00Z",
        "+024-02-29T12:00:00Z", "2024-02-29T12:00:00 01:00"}) {
    EXPECT_FALSE(TimestampFromText(text)) << text;
  }
}

TEST(WellKnown, WritesAndReadsDurations) {
  const Case cases[] = {{{0, 0}, "0s"},
                        {{1, 500000000}, "1.500s"},
                        {{-1, -1}, "-1.000000001s"},
                        {{0, -500000000}, "-0.500s"},
                        {{315576000000, 0}, "315576000000s"}};
  for (const Case& c : cases) {
    EXPECT_EQ(DurationText(c.value), c.text);
    const std::optional<SecondsNanos> read = DurationFromText(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(read->seconds, c.value.seconds);
    EXPECT_EQ(read->nanos, c.value.nanos);
  }
}

TEST(WellKnown, HasNoTextForDurationsOutOfRange) {
  const SecondsNanos bad[] = {{315576000001, 0}, {-315576000001, 0}, {1, -1},
                              {-1, 1},           {0, 1000000000},    {INT64_MIN, 0}};
  for (const SecondsNanos& duration : bad) EXPECT_EQ(DurationText(duration), std::nullopt);
}

TEST(WellKnown, RefusesTextsThatAreNoDuration) {
  for (const char* text : {"", "s", "1", "1 s", "+1s", "1.s", ".5s", "1.1234567890s", "1m", "--1s",
                           "315576000001s", "99999999999999999999s", "1s "}) {
    EXPECT_FALSE(DurationFromText(text)) << text;
  }
}

TEST(WellKnown, TurnsFieldMaskPathsIntoCamelCaseAndBack) {
  EXPECT_EQ(FieldMaskPathText("user.display_name"), "user.displayName");
  EXPECT_EQ(FieldMaskPathFromText("user.displayName"), "user.display_name");
  for (const char* path : {"fooBar", "foo_3", "foo__bar", "foo_", "a,b"}) {
    EXPECT_EQ(FieldMaskPathText(path), std::nullopt) << path;
  }
  for (const char* text : {"", "foo_bar", "a b", "a\"b"}) {
    EXPECT_EQ(FieldMaskPathFromText(text), std::nullopt) << text;
  }
}

TEST(WellKnown, KnowsTheTypesThatAreWhatTheirNameSays) {
  EXPECT_EQ(WellKnownOf(*google::protobuf::Timestamp::descriptor()), WellKnown::kTimestamp);
  EXPECT_EQ(WellKnownOf(*google::protobuf::Value::descriptor()), WellKnown::kValue);
  EXPECT_EQ(WellKnownOf(*google::protobuf::Struct::descriptor()), WellKnown::kStruct);
  EXPECT_EQ(WellKnownOf(*google::protobuf::ListValue::descriptor()), WellKnown::kListValue);
  EXPECT_EQ(WellKnownOf(*google::protobuf::BytesValue::descriptor()), WellKnown::kWrapper);
}

TEST(WellKnown, TakesATypeWithOtherFieldsForAnOrdinaryMessage) {
  const InlineSchema schema(R"(syntax = "proto3"; package google.protobuf;
      message Timestamp { string seconds = 1; }
      message Any { repeated string type_url = 1; bytes value = 2; }
      message Value { oneof kind { string number_value = 2; } }
      message Struct { repeated string fields = 1; }
      message Int32Value { repeated int32 value = 1; }
      message FieldMask { bytes paths = 1; })");
  for (const char* name : {"Timestamp", "Any", "Value", "Struct", "Int32Value", "FieldMask"}) {
    EXPECT_EQ(WellKnownOf(schema.Type(std::string("google.protobuf.") + name)), WellKnown::kNone);
  }
}

}  // namespace
}  // namespace sluice
