// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "gateway/transcode/response_transcoder.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/unit/transcode/inline_schema.h"

namespace sluice {
namespace {

const DynamicTypes& NoTypes() {
  static const DynamicTypes& types = *new DynamicTypes(*new google::protobuf::DescriptorPool);
  return types;
}

// A google.rpc.Status whose only detail is of that type.
std::string StatusWith(absl::string_view type, absl::string_view wire) {
  const std::string url = "type.googleapis.com/" + std::string(type);
  return Delimited(3, Delimited(1, url) + Delimited(2, wire));
}

TEST(StatusDetails, ShowsTheTypesOfGoogleRpc) {
  const std::string reason = Delimited(1, "STOCK_OUT") + Delimited(2, "shop.example");
  EXPECT_EQ(StatusDetailsJson(StatusWith("google.rpc.ErrorInfo", reason), NoTypes()),
            R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"STOCK_OUT",)"
            R"("domain":"shop.example"}])");
  const std::string delay = Delimited(1, "\x08\x05");
  EXPECT_EQ(StatusDetailsJson(StatusWith("google.rpc.RetryInfo", delay), NoTypes()),
            R"([{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"5s"}])");
}

TEST(StatusDetails, ShowsTheTypesOfTheSchema) {
  const InlineSchema schema(R"(syntax = "proto3"; package t; message Why { string it = 1; })");
  EXPECT_EQ(StatusDetailsJson(StatusWith("t.Why", Delimited(1, "x")), DynamicTypes(schema.pool())),
            R"([{"@type":"type.googleapis.com/t.Why","it":"x"}])");
}

TEST(StatusDetails, ShowsTheBytesOfWhatItCannotRead) {
  EXPECT_EQ(StatusDetailsJson(StatusWith("t.Unknown", "\xff"), NoTypes()),
            R"([{"@type":"type.googleapis.com/t.Unknown","@value":"/w=="}])");
  EXPECT_EQ(StatusDetailsJson(StatusWith("google.rpc.ErrorInfo", "\xff"), NoTypes()),
            R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","@value":"/w=="}])");
}

TEST(StatusDetails, KeepsTheOrderOfSeveral) {
  const std::string wire = StatusWith("a.A", "") + StatusWith("b.B", "");
  const auto json = nlohmann::json::parse(StatusDetailsJson(wire, NoTypes()));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["@type"], "type.googleapis.com/a.A");
  EXPECT_EQ(json[1]["@type"], "type.googleapis.com/b.B");
}

TEST(StatusDetails, IsEmptyForWhatIsNoStatus) {
  for (const std::string wire : {"", "\xff", "\x1a\x05xx", "\x08\x05"}) {
    EXPECT_EQ(StatusDetailsJson(wire, NoTypes()), "[]");
  }
  EXPECT_EQ(StatusDetailsJson(StatusWith("bad\xff", ""), NoTypes()), "[]");
}

}  // namespace
}  // namespace sluice
