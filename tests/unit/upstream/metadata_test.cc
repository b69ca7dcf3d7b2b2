// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace sluice {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Pair = std::pair<std::string, std::string>;

std::string ErrorOf(absl::string_view name, absl::string_view value) {
  const auto pair = ValidateMetadata(name, value);
  EXPECT_EQ(pair.status().code(), absl::StatusCode::kInvalidArgument) << name;
  return std::string(pair.status().message());
}

TEST(Metadata, TakesAHeaderWithItsNameInLowerCaseAndSpacesTrimmed) {
  const auto pair = ValidateMetadata("X-Request-ID", " \t a b~ \t");
  ASSERT_TRUE(pair.ok()) << pair.status();
  EXPECT_EQ(*pair, Pair("x-request-id", "a b~"));
}

TEST(Metadata, TakesAnEmptyValueAndOneOfSpacesOnly) {
  EXPECT_EQ(ValidateMetadata("x-a", "").value(), Pair("x-a", ""));
  EXPECT_EQ(ValidateMetadata("x-a", "   ").value(), Pair("x-a", ""));
}

TEST(Metadata, TakesWhatSluiceForwardsUnlessToldOtherwise) {
  for (const char* name : {"authorization", "traceparent", "tracestate", "x-request-id",
                           "accept-language", "x-forwarded-for", "last-event-id", "cookie"}) {
    EXPECT_TRUE(ValidateMetadata(name, "v").ok()) << name;
  }
}

TEST(Metadata, DecodesTheValueOfABinaryNameWithPaddingOrWithout) {
  EXPECT_EQ(ValidateMetadata("Trace-Bin", " AAH/ ").value(),
            Pair("trace-bin", std::string("\0\1\xff", 3)));
  EXPECT_EQ(ValidateMetadata("a-bin", "/w==").value(), Pair("a-bin", "\xff"));
  EXPECT_EQ(ValidateMetadata("a-bin", "/w").value(), Pair("a-bin", "\xff"));
  EXPECT_EQ(ValidateMetadata("a-bin", "").value(), Pair("a-bin", ""));
}

TEST(Metadata, RefusesABinaryValueThatIsNotBase64) {
  EXPECT_THAT(ErrorOf("a-bin", "  A*BC"), HasSubstr("header 'a-bin': byte 0x2a at offset 3"));
  EXPECT_THAT(ErrorOf("a-bin", "AAAAA"), HasSubstr("5 letters are not base64"));
  EXPECT_THAT(ErrorOf("a-bin", "A=AA"), HasSubstr("not base64"));
  EXPECT_THAT(ErrorOf("a-bin", "AAAA,BBBB"), HasSubstr("byte 0x2c at offset 4"));
}

TEST(Metadata, RefusesEveryByteOfAValueThatIsNotPrintable) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = byte >= 0x20 && byte <= 0x7e;
    const std::string value = std::string("a") + static_cast<char>(byte) + "b";
    EXPECT_EQ(ValidateMetadata("x-a", value).ok(), printable) << byte;
  }
}

TEST(Metadata, RefusesEveryByteOfANameThatGrpcDoesNotTake) {
  const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string name = std::string("x") + static_cast<char>(byte) + "y";
    EXPECT_EQ(ValidateMetadataName(name).ok(), allowed.find(name[1]) != std::string::npos) << byte;
  }
}

TEST(Metadata, SaysWhichByteIsWrongAndWhatIsAllowed) {
  EXPECT_THAT(ErrorOf("x-\na", "v"),
              HasSubstr("header 'x-\\na': byte 0x0a at offset 2 of the name; allowed are letters"));
  EXPECT_THAT(ErrorOf("x-a", "  ab\rc"),
              HasSubstr("header 'x-a': byte 0x0d at offset 4 of the value; allowed are printable"));
}

TEST(Metadata, NeverShowsAValue) {
  EXPECT_THAT(ErrorOf("authorization", "Bearer secret\n."), Not(HasSubstr("secret")));
  EXPECT_THAT(ErrorOf("secret-bin", "c2VjcmV0*"), Not(HasSubstr("c2V")));
}

TEST(Metadata, RefusesNamesOfGrpcAndOfHttpItself) {
  EXPECT_THAT(ErrorOf("", "v"), HasSubstr("empty name"));
  EXPECT_THAT(ErrorOf("GRPC-Timeout", "v"), HasSubstr("'grpc-'"));
  EXPECT_THAT(ErrorOf(":path", "v"), HasSubstr("byte 0x3a at offset 0"));
  for (const char* name : {"Host", "connection", "TE", "content-type", "content-length", "trailer",
                           "transfer-encoding", "upgrade", "keep-alive", "proxy-connection",
                           "user-agent", "lb-cost-bin", "x-endpoint-load-metrics-bin",
                           "accept-encoding", "expect", "http2-settings"}) {
    EXPECT_THAT(ErrorOf(name, "v"), HasSubstr("belongs to HTTP or gRPC")) << name;
  }
}

TEST(Metadata, ChecksANameAloneAsItChecksAPair) {
  EXPECT_TRUE(ValidateMetadataName("X-Tenant").ok());
  EXPECT_FALSE(ValidateMetadataName("host").ok());
  EXPECT_FALSE(ValidateMetadataName("grpc-x").ok());
  EXPECT_FALSE(ValidateMetadataName("").ok());
}

TEST(Metadata, ShowsAtMostTheBeginningOfALongName) {
  EXPECT_LT(ErrorOf(std::string(100'000, ' '), "v").size(), 400u);
}

TEST(Metadata, SaysWhetherItWasAHeaderOrAParameter) {
  EXPECT_THAT(ErrorOf("tenant", "\n"), HasSubstr("header 'tenant': byte 0x0a at offset 0"));
  const auto of_parameter =
      ValidateMetadata("token-bin", "%%%%", MetadataSource::kParameter).status();
  EXPECT_THAT(std::string(of_parameter.message()),
              HasSubstr("parameter 'token-bin': byte 0x25 at offset 0"));
}

}  // namespace
}  // namespace sluice
