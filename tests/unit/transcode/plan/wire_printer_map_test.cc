// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/unit/transcode/plan/printed.h"

namespace sluice {
namespace {

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package t;
  import "google/protobuf/timestamp.proto";
  enum Color { NO_COLOR = 0; RED = 1; }
  message All {
    map<string, string> texts = 1; map<int32, All> alls = 2; map<bool, Color> colors = 3;
    map<uint64, double> doubles = 4; map<int64, bytes> byteses = 5;
    map<string, google.protobuf.Timestamp> times = 2000;
  })";

class MapPrinterTest : public ::testing::Test {
 protected:
  std::string Json(const std::string& text) const { return printed_.OfText("t.All", text); }
  std::string OfWire(absl::string_view wire) const { return printed_.Of("t.All", wire); }

  const Printed printed_{kSchema};
};

TEST_F(MapPrinterTest, QuotesEveryKey) {
  EXPECT_EQ(Json("texts { key: 'a\"' value: '2' } alls { key: -1 value { texts {} } } "
                 "colors { key: true value: RED } doubles { key: 3 value: 0.5 } "
                 "byteses { key: -4 value: 'x' } times { key: 't' value { seconds: 1 } }"),
            R"({"texts":{"a\"":"2"},"alls":{"-1":{"texts":{"":""}}},"colors":{"true":"RED"},)"
            R"("doubles":{"3":0.5},"byteses":{"-4":"eA=="},"times":{"t":"1970-01-01T00:00:01Z"}})");
}

TEST_F(MapPrinterTest, FillsInWhatAnEntryLacks) {
  EXPECT_EQ(OfWire({"\x0a\x00", 2}), R"({"texts":{"":""}})");
  EXPECT_EQ(OfWire("\x0a\x03\x0a\x01k"), R"({"texts":{"k":""}})");
  EXPECT_EQ(OfWire("\x0a\x03\x12\x01v"), R"({"texts":{"":"v"}})");
  EXPECT_EQ(OfWire({"\x12\x00\x1a\x00", 4}), R"({"alls":{"0":{}},"colors":{"false":"NO_COLOR"}})");
  EXPECT_EQ(OfWire({"\x82\x7d\x00", 3}), R"({"times":{"":"1970-01-01T00:00:00Z"}})");
}

TEST_F(MapPrinterTest, AsksForASecondLookAtStrangeEntries) {
  EXPECT_EQ(OfWire("\x0a\x06\x12\x01v\x0a\x01k"), "second look");          // the value first
  EXPECT_EQ(OfWire("\x0a\x06\x0a\x01k\x0a\x01l"), "second look");          // two keys
  EXPECT_EQ(OfWire("\x0a\x05\x0a\x01k\x18\x01"), "second look");           // unknown
  EXPECT_EQ(OfWire("\x0a\x03\x0a\x01k\x0a\x03\x0a\x01k"), "second look");  // a key again
  EXPECT_EQ(OfWire("\x0a\x03\x0a\x01k\x18\x01\x0a\x03\x0a\x01l"), "second look");
}

TEST_F(MapPrinterTest, FindsAKeyAgainAmongThousands) {
  std::string text;
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&text, "texts { key: 'k", i, "' value: 'v' } ");
  const std::string wire = printed_.schema().Wire("t.All", text);
  EXPECT_EQ(nlohmann::json::parse(OfWire(wire))["texts"].size(), 3000u);
  EXPECT_EQ(OfWire(wire + std::string("\x0a\x07\x0a\x05k2987", 9)), "second look");
  EXPECT_EQ(OfWire(wire + std::string("\x0a\x04\x0a\x02k7", 6)), "second look");
}

TEST_F(MapPrinterTest, TellsKeysApartThatBeginAlike) {
  EXPECT_EQ(OfWire("\x0a\x03\x0a\x01k\x0a\x05\x0a\x03k\":"), R"({"texts":{"k":"","k\":":""}})");
}

}  // namespace
}  // namespace sluice
