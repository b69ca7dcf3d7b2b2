// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/forwarded_for.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(IpNetwork, ContainsItsAddresses) {
  const struct {
    absl::string_view network;
    absl::string_view address;
    bool contained;
  } cases[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/9", "10.127.255.255", true},
      {"10.0.0.0/9", "10.128.0.0", false},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"2001:db8::/32", "2001:db8:1::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::/0", "10.0.0.1", true},
      {"10.0.0.0/8", "no address", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(IpNetwork::Parse(c.network)->Contains(c.address), c.contained)
        << c.network << " " << c.address;
  }
}

TEST(IpNetwork, RefusesWhatIsNone) {
  for (const char* text :
       {"", "x", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "::/129", "::/-1", "/8"}) {
    EXPECT_FALSE(IpNetwork::Parse(text).ok()) << text;
  }
}

TEST(ForwardedFor, BelievesOnlyTrustedProxies) {
  const std::vector<IpNetwork> trusted = {*IpNetwork::Parse("10.0.0.0/8")};
  EXPECT_EQ(ForwardedFor("203.0.113.9", "1.1.1.1", trusted), "203.0.113.9");
  EXPECT_EQ(ForwardedFor("10.0.0.1", "", trusted), "10.0.0.1");
  EXPECT_EQ(ForwardedFor("10.0.0.1", "203.0.113.9", trusted), "203.0.113.9, 10.0.0.1");
  EXPECT_EQ(ForwardedFor("10.0.0.1", "6.6.6.6, 203.0.113.9 ,10.0.0.2", trusted),
            "203.0.113.9, 10.0.0.2, 10.0.0.1");
  EXPECT_EQ(ForwardedFor("10.0.0.1", "6.6.6.6, <script>", trusted), "10.0.0.1");
}

}  // namespace
}  // namespace sluice
