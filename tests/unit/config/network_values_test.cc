// SPDX-License-Identifier: Apache-2.0
#include "gateway/config/network_values.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

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
        "http://127.0.0.1", "capacitor://localhost", "https://app.example.com:80"}) {
    EXPECT_TRUE(CheckOrigin(origin).ok()) << CheckOrigin(origin);
  }
}

TEST(CheckOrigin, RefusesWhatNoBrowserSends) {
  for (const Refusal& row :
       {Refusal{"", "is no origin"}, Refusal{"app.example.com", "is no origin"},
        Refusal{"://x", "is no origin"}, Refusal{"null", "is no origin"},
        Refusal{"https://app.example.com/", "more than an origin"},
        Refusal{"https://app.example.com/a", "more than an origin"},
        Refusal{"https://u@example.com", "more than an origin"},
        Refusal{"https://App.example.com", "capital"},
        Refusal{"https://*.example.com", "holds a *"}, Refusal{"https://", "no valid host"},
        Refusal{"https://a:0", "no valid host"}, Refusal{"https://a:", "no valid host"},
        Refusal{"https://a b", "no valid host"}, Refusal{"h@://a", "no scheme"},
        Refusal{"https://a:443", "write https://a"},
        Refusal{"http://[::1]:80", "write http://[::1]"}}) {
    EXPECT_THAT(std::string(CheckOrigin(row.text).message()), HasSubstr(row.wanted)) << row.text;
  }
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
