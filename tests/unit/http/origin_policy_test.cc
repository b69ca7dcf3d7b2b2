// SPDX-License-Identifier: Apache-2.0
#include "gateway/http/origin_policy.h"

#include "gtest/gtest.h"

namespace sluice {
namespace {

using Verdict = OriginPolicy::Verdict;

HttpRequest From(const std::string& origin, const std::string& host = "gateway.example.com") {
  HttpRequest request;
  request.headers.Add("host", host);
  if (!origin.empty()) request.headers.Add("origin", origin);
  return request;
}

std::string Joined(const OriginPolicy& policy, const HttpRequest& request) {
  HeaderList headers;
  policy.AddHeaders(request, headers);
  std::string all;
  for (const HeaderList::Field& field : headers.fields()) {
    all += field.name + "=" + field.value + ";";
  }
  return all;
}

TEST(OriginPolicy, IsSameOriginByDefault) {
  const OriginPolicy policy({});
  EXPECT_EQ(policy.Judge(From("")), Verdict::kSame);
  EXPECT_EQ(policy.Judge(From("https://gateway.example.com")), Verdict::kSame);
  EXPECT_EQ(policy.Judge(From("https://GATEWAY.example.com")), Verdict::kSame);
  EXPECT_EQ(policy.Judge(From("http://localhost:8080", "localhost:8080")), Verdict::kSame);
  EXPECT_EQ(policy.Judge(From("https://g.example", "g.example:443")), Verdict::kSame);
  EXPECT_EQ(policy.Judge(From("http://g.example", "g.example:443")), Verdict::kForeign);
  EXPECT_EQ(policy.Judge(From("http://localhost:8081", "localhost:8080")), Verdict::kForeign);
  EXPECT_EQ(policy.Judge(From("null")), Verdict::kForeign);
  EXPECT_EQ(policy.Judge(From("https://evil.example")), Verdict::kForeign);
}

TEST(OriginPolicy, EchoesExactOriginsWithCredentials) {
  const OriginPolicy policy({.origins = {"https://app.example.com"}, .credentials = true});
  EXPECT_EQ(Joined(policy, From("https://app.example.com")),
            "Access-Control-Expose-Headers=X-Request-Id, Retry-After, traceparent;"
            "Access-Control-Allow-Origin=https://app.example.com;"
            "Access-Control-Allow-Credentials=true;");
  EXPECT_EQ(Joined(policy, From("https://app.example.com.evil.example")), "");
  EXPECT_EQ(Joined(policy, From("http://app.example.com")), "");
  EXPECT_EQ(Joined(policy, From("")), "");
}

TEST(OriginPolicy, AnyOriginIsAStarWithoutCredentials) {
  const OriginPolicy policy({.origins = {"*"}});
  EXPECT_EQ(Joined(policy, From("https://any.example")),
            "Access-Control-Expose-Headers=X-Request-Id, Retry-After, traceparent;"
            "Access-Control-Allow-Origin=*;");
}

TEST(OriginPolicy, TakesEverySubdomainOfAPattern) {
  const OriginPolicy policy({.origins = {"https://*.example.com", "http://*.dev.test:8443"}});
  for (const char* origin : {"https://app.example.com", "https://a.b.example.com",
                             "https://xn--bcher-kva.example.com", "http://x.dev.test:8443"}) {
    EXPECT_EQ(policy.Judge(From(origin)), Verdict::kAllowed) << origin;
  }
  for (const char* origin :
       {"https://example.com", "https://.example.com", "http://app.example.com",
        "https://app.example.com:8443", "https://app.example.com.evil.test",
        "https://evil.test/.example.com", "https://evil.test#.example.com",
        "https://u@evil.test:1.example.com", "https://evilexample.com", "http://x.dev.test",
        "https://..example.com"}) {
    EXPECT_EQ(policy.Judge(From(origin)), Verdict::kForeign) << origin;
  }
}

TEST(OriginPolicy, BelievesTheBrowserThatSaysSameOrigin) {
  const OriginPolicy policy({});
  HttpRequest request = From("https://app.example.com", "internal:8080");
  request.headers.Add("sec-fetch-site", "same-site");
  EXPECT_EQ(policy.Judge(request), Verdict::kForeign);
  request = From("https://app.example.com", "internal:8080");
  request.headers.Add("sec-fetch-site", "same-origin");
  EXPECT_EQ(policy.Judge(request), Verdict::kSame);
}

TEST(OriginPolicy, BelievesATrustedProxyAboutTheHostThatWasAskedFor) {
  const OriginPolicy policy({.trusted_proxies = {*IpNetwork::Parse("10.0.0.0/8")}});
  HttpRequest request = From("https://app.example.com", "internal:8080");
  request.headers.Add("x-forwarded-host", "evil.example, app.example.com");
  request.peer_address = "192.0.2.7";
  EXPECT_EQ(policy.Judge(request), Verdict::kForeign);
  request.peer_address = "10.1.2.3";
  EXPECT_EQ(policy.Judge(request), Verdict::kSame);
  request.headers.Add("x-forwarded-host", "other.example.com");
  EXPECT_EQ(policy.Judge(request), Verdict::kForeign) << "the last one is the proxy's own";
}

TEST(OriginPolicy, RefusesAForeignPageThatSendsTheCookie) {
  const OriginPolicy policy({.origins = {"https://app.example.com"}, .credentials = true});
  HttpRequest foreign = From("https://evil.example");
  EXPECT_FALSE(policy.Refuses(foreign));
  foreign.headers.Add("cookie", "a=b");
  EXPECT_TRUE(policy.Refuses(foreign));
  HttpRequest allowed = From("https://app.example.com");
  allowed.headers.Add("cookie", "a=b");
  EXPECT_FALSE(policy.Refuses(allowed));
}

TEST(OriginPolicy, AnswersAPreflightOnlyForWhoIsAllowed) {
  const OriginPolicy policy({.origins = {"https://app.example.com"}});
  HttpRequest preflight = From("https://app.example.com");
  preflight.method = "OPTIONS";
  EXPECT_FALSE(IsPreflight(preflight));
  preflight.headers.Add("access-control-request-method", "GET");
  EXPECT_TRUE(IsPreflight(preflight));
  HeaderList headers;
  policy.AddPreflightHeaders(
      preflight,
      {.methods = "GET, POST, OPTIONS", .request_headers = {"x-tenant", "authorization"}}, headers);
  ASSERT_EQ(headers.fields().size(), 3u);
  EXPECT_EQ(headers.fields()[0].value, "GET, POST, OPTIONS");
  EXPECT_EQ(headers.fields()[1].value,
            "Last-Event-ID, Authorization, Content-Type, Cache-Control, X-Request-Id, traceparent, "
            "tracestate, x-tenant");
  EXPECT_EQ(headers.fields()[2].value, "600");
  HeaderList none;
  policy.AddPreflightHeaders(From("https://evil.example"), {.methods = "GET"}, none);
  EXPECT_TRUE(none.fields().empty());
}

TEST(OriginPolicy, BelievesNoneOfTwoOriginsThatDiffer) {
  const OriginPolicy policy({.origins = {"https://app.example.com"}});
  HttpRequest request = From("https://app.example.com");
  request.headers.Add("origin", "https://app.example.com");
  EXPECT_EQ(policy.Judge(request), Verdict::kAllowed);
  request.headers.Add("origin", "https://evil.example");
  EXPECT_EQ(policy.Judge(request), Verdict::kForeign);
  EXPECT_EQ(Joined(policy, request), "");
  EXPECT_EQ(policy.Judge(From("https://app.example.com, https://evil.example")), Verdict::kForeign);
}

TEST(OriginPolicy, TakesSameOriginOnlyWhereEveryFieldSaysSo) {
  const OriginPolicy policy({});
  HttpRequest request = From("https://front.example", "behind");
  request.headers.Add("sec-fetch-site", "same-origin");
  EXPECT_EQ(policy.Judge(request), Verdict::kSame);
  request.headers.Add("sec-fetch-site", "cross-site");
  EXPECT_EQ(policy.Judge(request), Verdict::kForeign);
}

}  // namespace
}  // namespace sluice
