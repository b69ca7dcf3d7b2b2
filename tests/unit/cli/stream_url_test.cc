// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/stream_url.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string Read(absl::string_view text) {
  const absl::StatusOr<StreamUrl> url = ParseStreamUrl(text);
  return url.ok() ? url->ToString() : std::string(url.status().message());
}

TEST(StreamUrl, ReadsWhatABrowserReads) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://127.0.0.1:8080/demo.v1.Clock/Watch", "http://127.0.0.1:8080/demo.v1.Clock/Watch"},
      {"HTTP://Host/a", "http://host/a"},
      {"hTTpS://host:443/a", "https://host/a"},
      {"http://host:443/a", "http://host:443/a"},
      {"http://host", "http://host/"},
      {"http://host:/", "http://host/"},
      {"http://host?a=b", "http://host/?a=b"},
      {"http://host/a?b=c+d%20e#fragment", "http://host/a?b=c+d%20e"},
      {"http://host#fragment", "http://host/"},
      {"http://host/a?q=x y\"\xc3\xa4", "http://host/a?q=x%20y%22%C3%A4"},
      {"http://host/a\r\nX: y", "http://host/a%0D%0AX:%20y"},
      {"http://host/a/./b/../c?d=/../e", "http://host/a/c?d=/../e"},
      {"http://[::1]:8080/a", "http://[::1]:8080/a"},
      {"http://[fe80::ab]/a", "http://[fe80::ab]/a"},
      {"http://user:secret@host/a@b", "http://host/a@b"},
  };
  for (const auto& [text, url] : cases) EXPECT_EQ(Read(text), url) << text;
}

TEST(StreamUrl, ReadsCredentials) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://host/", ""},
      {"http://user:pass@host/", "user:pass"},
      {"http://user@host/", "user:"},
      {"http://u%40x:p%3Aq%@host/", "u@x:p:q%"},
      {"http://a@b:c@host/", "a@b:c"},
      {"http://user:a:b@host/", "user:a:b"},
  };
  for (const auto& [text, credentials] : cases) {
    EXPECT_EQ(ParseStreamUrl(text)->credentials, credentials) << text;
  }
}

TEST(StreamUrl, SaysWhatIsWrongWithoutShowingCredentials) {
  const std::pair<const char*, const char*> cases[] = {
      {"ftp://x", "http:// or https://"},
      {"127.0.0.1:8080/a", "http:// or https://"},
      {"", "http:// or https://"},
      {"http://", "names no host"},
      {"http:///a", "names no host"},
      {"http://u:secret@/a", "names no host"},
      {"http://u:secret@h st/", "not a name"},
      {"http://host:0/", "port"},
      {"http://host:65536/", "port"},
      {"http://host:8o/", "port"},
      {"http://host:+80/", "port"},
      {"http://[::1/", "bracket"},
      {"http://[x]/", "IPv6"},
      {"http://[::1]80/", "colon"},
  };
  for (const auto& [text, said] : cases) {
    EXPECT_TRUE(absl::StrContains(Read(text), said)) << text << ": " << Read(text);
    EXPECT_FALSE(absl::StrContains(Read(text), "secret")) << Read(text);
  }
}

TEST(StreamUrl, ResolvesRedirects) {
  const StreamUrl from = *ParseStreamUrl("https://u:p@host:8443/a/b?c=d");
  const std::pair<const char*, const char*> cases[] = {
      {"https://other/x#y", "https://other/x"},
      {"HTTP://other", "http://other/"},
      {"//other/x", "https://other/x"},
      {"/x?y=z", "https://host:8443/x?y=z"},
      {"x/y", "https://host:8443/a/x/y"},
      {"../x", "https://host:8443/x"},
      {"?y", "https://host:8443/a/b?y"},
      {"", "https://host:8443/a/b?c=d"},
      {"#f", "https://host:8443/a/b?c=d"},
      {"x:y", "it does not begin with http:// or https://"},
  };
  for (const auto& [location, url] : cases) {
    const absl::StatusOr<StreamUrl> to = ResolveRedirect(from, location);
    EXPECT_EQ(to.ok() ? to->ToString() : std::string(to.status().message()), url) << location;
  }
}

TEST(StreamUrl, KeepsCredentialsWithinTheirOrigin) {
  const StreamUrl from = *ParseStreamUrl("http://u:p@host/a");
  EXPECT_EQ(ResolveRedirect(from, "/b")->credentials, "u:p");
  EXPECT_EQ(ResolveRedirect(from, "http://host:80/b")->credentials, "u:p");
  EXPECT_EQ(ResolveRedirect(from, "https://host/b")->credentials, "");
  EXPECT_EQ(ResolveRedirect(from, "http://host:81/b")->credentials, "");
  EXPECT_EQ(ResolveRedirect(from, "//evil/b")->credentials, "");
  EXPECT_EQ(ResolveRedirect(from, "http://x:y@other/b")->credentials, "x:y");
}

}  // namespace
}  // namespace sluice
