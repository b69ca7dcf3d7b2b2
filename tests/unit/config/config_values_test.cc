// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/config_values.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

TEST(ParseHostPort, ReadsAddressesAndNames) {
  struct Row {
    const char* text;
    HostPort wanted;
  };
  for (const Row& row :
       {Row{"127.0.0.1:8080", {"127.0.0.1", 8080}}, Row{"localhost:0", {"localhost", 0}},
        Row{"[::1]:65535", {"::1", 65535}}, Row{"[::]:80", {"::", 80}},
        Row{"my_demo-1.shop.svc:1", {"my_demo-1.shop.svc", 1}}}) {
    const auto got = ParseHostPort(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseHostPort, SaysWhatIsMissing) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"", "has no port"}, Row{"localhost", "has no port"}, Row{"[::1]", "has no port"},
        Row{":8080", "has no host"}, Row{"::1:80", "without brackets"},
        Row{"[1.2.3.4]:80", "no IPv6 address"}, Row{"[fe80::1%eth0]:80", "no IPv6 address"},
        Row{"a b:80", "no host name"}, Row{"300.0.0.1:80", "no host name"},
        Row{"a/b:80", "no host name"}, Row{"a:", "no number from 0 to 65535"},
        Row{"a:65536", "no number from 0 to 65535"}, Row{"a:+1", "no number from 0 to 65535"},
        Row{"a:99999999999", "no number from 0 to 65535"},
        Row{"a: 1", "no number from 0 to 65535"}}) {
    const auto got = ParseHostPort(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(Quoted(row.text)));
  }
}

TEST(ParseSize, ReadsUnitsOf1024And1000) {
  struct Row {
    const char* text;
    uint64_t wanted;
  };
  for (const Row& row : {Row{"0B", 0}, Row{"512B", 512}, Row{"16KiB", 16384}, Row{"8MiB", 8 << 20},
                         Row{"1GiB", 1 << 30}, Row{"2TiB", uint64_t{2} << 40}, Row{"16kB", 16000},
                         Row{"8MB", 8000000}, Row{"3GB", 3000000000}, Row{"1TB", 1000000000000},
                         Row{"18446744073709551615B", std::numeric_limits<uint64_t>::max()}}) {
    const auto got = ParseSize(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseSize, RefusesWhatHasNoUnitOrNoNumber) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"16", "has no unit"}, Row{"", "is no size"}, Row{"KiB", "is no size"},
        Row{"-1KiB", "is no size"}, Row{"1.5MiB", "is no size"}, Row{"16 KiB", "is no size"},
        Row{"16kib", "is no size"}, Row{"16KB", "is no size"}, Row{"16Mi", "is no size"},
        Row{"16KiBs", "is no size"}, Row{"16777216TiB", "largest size"},
        Row{"18446744073709551616B", "largest size"},
        Row{"99999999999999999999999TB", "largest size"}}) {
    const auto got = ParseSize(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(SizeToText, IsReadBackAsTheSameSize) {
  EXPECT_EQ(SizeToText(0), "0B");
  EXPECT_EQ(SizeToText(1000), "1000B");
  EXPECT_EQ(SizeToText(1536), "1536B");
  EXPECT_EQ(SizeToText(64 << 10), "64KiB");
  EXPECT_EQ(SizeToText(uint64_t{3} << 50), "3072TiB");
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 63, ~uint64_t{0}}) {
    EXPECT_EQ(*ParseSize(SizeToText(size)), size);
  }
}

TEST(ParseDuration, ReadsNumbersWithUnits) {
  struct Row {
    const char* text;
    absl::Duration wanted;
  };
  for (const Row& row : {Row{"250ms", absl::Milliseconds(250)}, Row{"15s", absl::Seconds(15)},
                         Row{"2h", absl::Hours(2)}, Row{"1.5s", absl::Milliseconds(1500)},
                         Row{"1h30m", absl::Minutes(90)}, Row{"0s", absl::ZeroDuration()},
                         Row{"10us", absl::Microseconds(10)}, Row{"7ns", absl::Nanoseconds(7)},
                         Row{"87600h", absl::Hours(87600)}}) {
    const auto got = ParseDuration(row.text);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, row.wanted) << row.text;
  }
}

TEST(ParseDuration, RefusesWhatHasNoUnitOrNoNumber) {
  struct Row {
    const char* text;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"", "is no duration"}, Row{"0", "has no unit"}, Row{"15", "has no unit"},
        Row{"1h30", "has no unit"}, Row{"1.", "has no unit"}, Row{"-1s", "is negative"},
        Row{"+1s", "is no duration"}, Row{"inf", "is no duration"}, Row{"1d", "is no duration"},
        Row{"s", "is no duration"}, Row{"1 s", "is no duration"}, Row{"1S", "is no duration"},
        Row{"1h-30m", "is no duration"}, Row{"87600h1ns", "longest duration"},
        Row{"99999999999999999999h", "is no duration"}}) {
    const auto got = ParseDuration(row.text);
    ASSERT_FALSE(got.ok()) << row.text;
    EXPECT_THAT(got.status().message(), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(ToDuration, AddsSecondsAndNanoseconds) {
  google::protobuf::Duration duration;
  duration.set_seconds(2);
  duration.set_nanos(500'000'000);
  EXPECT_EQ(ToDuration(duration), absl::Milliseconds(2500));
}

TEST(DurationToText, IsReadBackAsTheSameDuration) {
  EXPECT_EQ(DurationToText(absl::ZeroDuration()), "0s");
  EXPECT_EQ(DurationToText(absl::Minutes(90)), "1h30m");
  for (const absl::Duration duration :
       {absl::Nanoseconds(1), absl::Nanoseconds(1234567), absl::Milliseconds(1001),
        absl::Hours(87599) + absl::Nanoseconds(999999999)}) {
    EXPECT_EQ(*ParseDuration(DurationToText(duration)), duration);
  }
}

TEST(CheckName, AllowsWhatAVariableCanName) {
  for (const char* name : {"main", "Main-2", "a.b_c", "0"})
    EXPECT_TRUE(CheckName(name).ok()) << name;
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string("ä"), std::string(64, 'a')}) {
    EXPECT_FALSE(CheckName(name).ok()) << name;
  }
}

TEST(CodeFromName, KnowsTheNamesOfGoogleRpcCode) {
  EXPECT_EQ(CodeFromName("UNAVAILABLE"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeFromName("CANCELLED"), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeFromName("OK"), absl::StatusCode::kOk);
  EXPECT_EQ(CodeFromName("unavailable"), std::nullopt);
  EXPECT_EQ(CodeFromName(""), std::nullopt);
  EXPECT_EQ(CodeFromName("14"), std::nullopt);
}

TEST(Quoted, EscapesAndCuts) {
  EXPECT_EQ(Quoted("a\nb\"c"), R"("a\nb\"c")");
  EXPECT_EQ(Quoted("ä"), "\"ä\"");
  const std::string cut = Quoted(std::string(79, 'x') + "ä and more");
  EXPECT_EQ(cut, "\"" + std::string(79, 'x') + "…\"");
}

TEST(IsDecimal, WantsDigitsAlone) {
  EXPECT_TRUE(IsDecimal("007"));
  for (const char* text : {"", "-1", "1 ", "0x1", "1.0"}) EXPECT_FALSE(IsDecimal(text)) << text;
}

struct Refusal {
  const char* text;
  const char* wanted;
};

TEST(CheckTarget, AllowsWhatGrpcCanReach) {
  for (const char* target :
       {"localhost:50051", "10.0.0.7:50051", "[::1]:50051", "my_demo:1", "dns:demo:50051",
        "dns:///demo:50051", "dns://8.8.8.8/demo:50051", "unix:/run/demo.sock", "unix:demo.sock",
        "unix:///run/demo.sock", "unix-abstract:demo", "ipv4:10.0.0.1:50051,10.0.0.2:50051",
        "ipv6:[::1]:50051", "xds:///demo"}) {
    EXPECT_TRUE(CheckTarget(target).ok()) << CheckTarget(target);
  }
}

TEST(CheckTarget, SaysWhatToWriteInstead) {
  for (const Refusal& row :
       {Refusal{"", "is empty"}, Refusal{"demo", "such as demo:50051"},
        Refusal{"dns:///demo", "such as dns:///demo:50051"}, Refusal{"dns:demo", "has no port"},
        Refusal{"dns:50051", "has no port"}, Refusal{"dns://demo:50051", "dns:///HOST:PORT"},
        Refusal{"dns:///", "holds no HOST:PORT"}, Refusal{"http://demo:50051", "without http://"},
        Refusal{"grpcs://demo", "without grpcs://"}, Refusal{"demo:0", "port 0"},
        Refusal{"::1:50051", "brackets"}, Refusal{"demo:x", "no number"},
        Refusal{"demo:50051/path", "no number"}, Refusal{"ipv4:10.0.0.1", "has no port"},
        Refusal{"ipv4:10.0.0.1:1,", "holds no HOST:PORT"}, Refusal{"unix:", "nothing behind unix:"},
        Refusal{"unix:///", "nothing behind"}, Refusal{"${HOST}:50051", "not expanded"},
        Refusal{"a b:1", "no host name"}}) {
    EXPECT_THAT(std::string(CheckTarget(row.text).message()), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(CheckOrigin, AllowsWhatBrowsersSend) {
  for (const char* origin :
       {"https://app.example.com", "http://localhost:8081", "http://[::1]:8081", "https://[::1]",
        "http://127.0.0.1", "capacitor://localhost", "https://app.example.com:80",
        "https://*.example.com", "https://*.example.com:8443"}) {
    EXPECT_TRUE(CheckOrigin(origin).ok()) << CheckOrigin(origin);
  }
}

TEST(CheckOrigin, RefusesWhatNoBrowserSends) {
  for (const Refusal& row : {Refusal{"", "is no origin"},
                             Refusal{"app.example.com", "is no origin"},
                             Refusal{"://x", "is no origin"},
                             Refusal{"null", "is no origin"},
                             Refusal{"https://app.example.com/", "more than an origin"},
                             Refusal{"https://app.example.com/a", "more than an origin"},
                             Refusal{"https://u@example.com", "more than an origin"},
                             Refusal{"https://App.example.com", "capital"},
                             Refusal{"https://app.*.com", "first label"},
                             Refusal{"https://*app.example.com", "first label"},
                             Refusal{"https://*.*.com", "first label"},
                             Refusal{"https://*.com", "nearly every host"},
                             Refusal{"https://*", "first label"},
                             Refusal{"https://*.", "nearly every host"},
                             Refusal{"https://", "no valid host"},
                             Refusal{"https://a:0", "no valid host"},
                             Refusal{"https://a:", "no valid host"},
                             Refusal{"https://a b", "no valid host"},
                             Refusal{"h@://a", "no scheme"},
                             Refusal{"https://a:443", "write https://a"},
                             Refusal{"http://[::1]:80", "write http://[::1]"}}) {
    EXPECT_THAT(std::string(CheckOrigin(row.text).message()), HasSubstr(row.wanted)) << row.text;
  }
}

TEST(CheckPath, AllowsPlainSegments) {
  for (const char* path : {"/api", "/api/v1.2", "/a-b/_c~", "/...", "/A/0"}) {
    EXPECT_TRUE(CheckPath(path).ok()) << CheckPath(path);
  }
  EXPECT_TRUE(CheckPath("/" + std::string(254, 'a')).ok());
}

TEST(CheckPath, SaysWhatIsWrong) {
  for (const Refusal& row :
       {Refusal{"", "does not begin with /"}, Refusal{"api", "does not begin with /"},
        Refusal{"/", "has a / with nothing after it"}, Refusal{"/api/", "nothing after it"},
        Refusal{"//api", "nothing after it"}, Refusal{"/a//b", "nothing after it"},
        Refusal{"/a/./b", "a segment of dots"}, Refusal{"/..", "a segment of dots"},
        Refusal{"/-", "Sluice's own"}, Refusal{"/a/-/b", "Sluice's own"},
        Refusal{"/a?b", "other than letters, digits"}, Refusal{"/a#b", "other than letters"},
        Refusal{"/a%2Fb", "other than letters"}, Refusal{"/a b", "other than letters"},
        Refusal{"/\xc3\xa4", "other than letters"}}) {
    EXPECT_THAT(std::string(CheckPath(row.text).message()), HasSubstr(row.wanted)) << row.text;
  }
  EXPECT_THAT(std::string(CheckPath("/" + std::string(255, 'a')).message()),
              HasSubstr("longer than 255 bytes"));
}

TEST(CheckNetwork, AllowsAddressesAndNetworks) {
  for (const char* network :
       {"10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "fd00::/8", "::1", "::/0", "::1/128"}) {
    EXPECT_TRUE(CheckNetwork(network).ok()) << CheckNetwork(network);
  }
}

TEST(CheckNetwork, SaysWhatIsWrong) {
  for (const Refusal& row : {Refusal{"", "is no network"}, Refusal{"10.0.0", "is no network"},
                             Refusal{"proxy", "is no network"}, Refusal{"[::1]", "is no network"},
                             Refusal{"10.0.0.0/33", "0 to 32"}, Refusal{"::/129", "0 to 128"},
                             Refusal{"10.0.0.0/", "0 to 32"}, Refusal{"10.0.0.0/+8", "0 to 32"},
                             Refusal{"10.0.0.0/8/8", "0 to 32"}}) {
    EXPECT_THAT(std::string(CheckNetwork(row.text).message()), HasSubstr(row.wanted)) << row.text;
  }
}

}  // namespace
}  // namespace sluice
