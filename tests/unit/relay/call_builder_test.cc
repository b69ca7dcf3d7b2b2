// SPDX-License-Identifier: Apache-2.0
#include "gateway/relay/call_builder.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

using Entry = std::pair<std::string, std::string>;

HttpRequest Request(const std::string& last_event_id) {
  HttpRequest request;
  if (!last_event_id.empty()) request.headers.Add("last-event-id", last_event_id);
  return request;
}

TEST(LastEventId, TheParameterCountsOnlyWithoutTheHeader) {
  const std::vector<QueryParameter> parameters = {{"lastEventId", "from the url"}};
  EXPECT_EQ(LastEventIdOf(Request("header"), parameters), "header");
  EXPECT_EQ(LastEventIdOf(Request(""), parameters), "from the url");
  EXPECT_EQ(LastEventIdOf(Request(""), {}), "");
}

TEST(LastEventId, TheLastOfSeveralHeadersCounts) {
  HttpRequest request = Request("the caller's");
  request.headers.Add("last-event-id", "the library's");
  EXPECT_EQ(LastEventIdOf(request, {}), "the library's");
}

TEST(LastEventId, BrowsersJoinWhatALibraryAdds) {
  EXPECT_EQ(LastEventIdOf(Request("k7-1, k7-2"), {}), "k7-2");
  HttpRequest request = Request("k7-1");
  request.headers.Add("last-event-id", "");
  EXPECT_EQ(LastEventIdOf(request, {{"lastEventId", "from the url"}}), "k7-1");
}

TEST(LastEventId, TheLastOfSeveralParametersCounts) {
  EXPECT_EQ(LastEventIdOf(Request(""), {{"lastEventId", "1"}, {"a", "b"}, {"lastEventId", "2"}}),
            "2");
  EXPECT_EQ(LastEventIdOf(Request(""), {{"lastEventId", "1"}, {"lastEventId", ""}}), "1");
}

// One POST of `{}` to a unary method.
std::string PostWith(const std::string& headers) {
  return "POST /t.Feed/Set HTTP/1.1\r\nHost: x\r\n" + headers + "Content-Length: 2\r\n\r\n{}";
}

TEST(CallBuilder, TakesJsonWithoutATypeFromWhatIsNoBrowser) {
  RelayHarness harness;
  harness.Send(PostWith(""));
  EXPECT_EQ(harness.service().calls().size(), 1u);
}

TEST(CallBuilder, RefusesAnUntypedBodyThatABrowserMayHaveSent) {
  for (const char* sign : {"Origin: http://x\r\n", "Cookie: a=b\r\n", "Sec-Fetch-Mode: cors\r\n"}) {
    RelayHarness harness;
    harness.Send(PostWith(sign));
    EXPECT_THAT(harness.Got(), HasSubstr("the body is of no declared type; send JSON")) << sign;
    EXPECT_EQ(harness.metrics().Value("relay_refused", "unsupported_media_type"), 1u) << sign;
    EXPECT_TRUE(harness.service().calls().empty()) << sign;
  }
}

TEST(CallBuilder, EveryContentTypeMustBeJson) {
  RelayHarness harness;
  harness.Send(PostWith("Content-Type: application/json\r\nContent-Type: text/plain\r\n"));
  EXPECT_THAT(harness.Got(), HasSubstr("415 "));
  EXPECT_TRUE(harness.service().calls().empty());
}

TEST(CallBuilder, NamesTheCodingOfABodyThatItCannotRead) {
  RelayHarness harness;
  harness.Send(PostWith("Content-Type: application/json\r\nContent-Encoding: gzip\r\n"));
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("415 "));
  EXPECT_THAT(got, HasSubstr("the body has the content coding gzip; send it without"));
  EXPECT_TRUE(harness.service().calls().empty());
}

TEST(CallBuilder, IdentityIsNoCoding) {
  RelayHarness harness;
  harness.Send(PostWith("Content-Type: application/json\r\nContent-Encoding: identity\r\n"));
  EXPECT_EQ(harness.service().calls().size(), 1u);
}

TEST(CallBuilder, BuildsTheMessageAndTheMetadata) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch?after=5&name=n&event=message&alt=sse&lastEventId=9",
              "Authorization: Bearer x\r\nCookie: secret\r\n");
  const CallRequest& call = harness.service().newest().request;
  EXPECT_EQ(call.path, "/t.Feed/Watch");
  EXPECT_EQ(call.message, "\x08\x05\x12\x01n");
  EXPECT_EQ(call.timeout, absl::InfiniteDuration());
  EXPECT_THAT(call.metadata, Contains(Entry("authorization", "Bearer x")));
  EXPECT_THAT(call.metadata, Contains(Entry("x-forwarded-for", "192.0.2.7")));
  EXPECT_THAT(call.metadata, Contains(Entry("last-event-id", "9")));
  EXPECT_THAT(call.metadata, Not(Contains(testing::Field(&Entry::first, "cookie"))));
}

TEST(CallBuilder, AUnaryMethodIgnoresTheLastEventId) {
  RelayHarness harness;
  harness.Get("/t.Feed/Get?name=n&lastEventId=9");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  const CallRequest& call = harness.service().newest().request;
  EXPECT_EQ(call.message, "\x12\x01n");
  EXPECT_THAT(call.metadata, Not(Contains(testing::Field(&Entry::first, "last-event-id"))));
}

TEST(CallBuilder, TheLastEventIdOfAUnaryMethodMayBeAField) {
  RelayHarness harness;
  harness.Get("/t.Feed/Find?lastEventId=9");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  EXPECT_EQ(harness.service().newest().request.message,
            "\x0a\x01"
            "9");
}

TEST(CallBuilder, RefusesByReason) {
  const std::pair<std::string, std::string> cases[] = {
      {"GET /t.Feed/Watch?nope=1 HTTP/1.1\r\nHost: x\r\n\r\n", "bad_parameter"},
      {"GET /t.Feed/Watch?event=x HTTP/1.1\r\nHost: x\r\n\r\n", "bad_parameter"},
      {"GET /t.Feed/Watch?alt=sse&alt=ndjson HTTP/1.1\r\nHost: x\r\n\r\n", "bad_parameter"},
      {"GET /t.Feed/Watch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "bad_body"},
      {"POST /t.Feed/Watch HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nContent-Length: 2\r\n\r\n{}",
       "unsupported_media_type"},
      {"POST /t.Feed/Set HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
       "Content-Length: 1\r\n\r\n{",
       "bad_body"},
      {"GET /t.Feed/Watch HTTP/1.1\r\nHost: x\r\nAuthorization: \xFF\r\n\r\n", "bad_header"},
  };
  for (const auto& [bytes, reason] : cases) {
    RelayHarness harness;
    harness.Send(bytes);
    EXPECT_THAT(harness.Got(), HasSubstr("{\"code\":3,"));
    EXPECT_EQ(harness.metrics().Value("relay_refused", reason), 1u) << bytes;
    EXPECT_TRUE(harness.service().calls().empty());
  }
}

TEST(CallBuilder, AResumeValueThatDoesNotFitIsAGap) {
  RelayHarness::Settings settings;
  settings.stream.set_resume_field("after");
  RelayHarness harness(settings);
  harness.Get("/t.Feed/Watch", "Last-Event-ID: x\r\n");
  EXPECT_EQ(harness.service().newest().request.message, "");
  harness.TellHeaders();
  EXPECT_THAT(harness.Got(), HasSubstr("\"resume\":\"gap\"}\n\n"));
}

TEST(CallBuilder, WhatDoesNotUnescapeGoesNowhere) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch", "Last-Event-ID: a b\r\n");
  EXPECT_THAT(harness.service().newest().request.metadata,
              Not(Contains(testing::Field(&Entry::first, "last-event-id"))));
}

TEST(CallBuilder, TakesATypeThatALibraryHasAddedOnceMore) {
  for (const char* types :
       {"Content-Type: application/json, application/json; charset=utf-8\r\n",
        "Content-Type: application/json\r\nContent-Type: Application/JSON\r\n"}) {
    RelayHarness harness;
    harness.Send(PostWith(types));
    EXPECT_EQ(harness.service().calls().size(), 1u) << types;
  }
  RelayHarness harness;
  harness.Send(PostWith("Content-Type: text/plain, application/json\r\n"));
  EXPECT_THAT(harness.Got(), HasSubstr("415 "));
}

TEST(CallBuilder, ForwardsAnAuthorizationOnce) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch", "Authorization: Bearer x\r\nAuthorization: Bearer x\r\n");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  const auto& metadata = harness.service().newest().request.metadata;
  EXPECT_EQ(std::count(metadata.begin(), metadata.end(), Entry("authorization", "Bearer x")), 1);
}

TEST(CallBuilder, RefusesTwoAuthorizationsThatDiffer) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch", "Authorization: Bearer x\r\nAuthorization: Bearer y\r\n");
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("two authorization headers that differ"));
  EXPECT_THAT(got, Not(HasSubstr("Bearer")));
  EXPECT_TRUE(harness.service().calls().empty());
  EXPECT_EQ(harness.metrics().Value("relay_refused", "bad_header"), 1u);
}

TEST(CallBuilder, ForwardsAndAnswersTheNewestRequestId) {
  RelayHarness harness;
  harness.Get("/t.Feed/Watch?nope=1", "X-Request-Id: first\r\nX-Request-Id: second\r\n");
  const std::string got = harness.Got();
  EXPECT_THAT(got, HasSubstr("X-Request-Id: second\r\n"));
  EXPECT_THAT(got, Not(HasSubstr("first")));
  harness.Get("/t.Feed/Watch", "X-Request-Id: first\r\nX-Request-Id: second\r\n");
  const CallRequest& call = harness.service().newest().request;
  EXPECT_THAT(call.metadata, Contains(Entry("x-request-id", "second")));
  EXPECT_THAT(call.metadata, Not(Contains(Entry("x-request-id", "first"))));
}

RelayHarness::Settings WithQueryMetadata() {
  RelayHarness::Settings settings;
  settings.query_metadata = {"Tenant", "name", "token-bin", "authorization"};
  return settings;
}

TEST(CallBuilder, MakesMetadataOfTheParametersThatTheRouteNames) {
  RelayHarness harness(WithQueryMetadata());
  harness.Get("/t.Feed/Watch?token-bin=AP8&name=n&after=5&Tenant=+a%20b&authorization=Bearer%20x");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  const CallRequest& call = harness.service().newest().request;
  EXPECT_EQ(call.message, "\x08\x05");  // `name` is not the field any more
  EXPECT_THAT(call.metadata, Contains(Entry("tenant", "a b")));
  EXPECT_THAT(call.metadata, Contains(Entry("name", "n")));
  EXPECT_THAT(call.metadata, Contains(Entry("token-bin", std::string("\0\xff", 2))));
  EXPECT_THAT(call.metadata, Contains(Entry("authorization", "Bearer x")));
}

TEST(CallBuilder, MakesMetadataOfTheQueryOfAPostToo) {
  RelayHarness harness(WithQueryMetadata());
  harness.Send(
      "POST /t.Feed/Watch?name=n HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 12\r\n\r\n{\"name\":\"m\"}");
  ASSERT_EQ(harness.service().calls().size(), 1u);
  const CallRequest& call = harness.service().newest().request;
  EXPECT_EQ(call.message, "\x12\x01m");
  EXPECT_THAT(call.metadata, Contains(Entry("name", "n")));
}

TEST(CallBuilder, RefusesQueryMetadataThatIsNotOneValue) {
  const std::pair<std::string, std::string> cases[] = {
      {"/t.Feed/Watch?name=a&name=a", "parameter \\\"name\\\": is given twice"},
      {"/t.Feed/Watch?name=%0A", "parameter 'name': byte 0x0a"},
      {"/t.Feed/Watch?name=%C3%A4", "parameter 'name': byte 0xc3"},
      {"/t.Feed/Watch?token-bin=%3F", "parameter 'token-bin': byte 0x3f"},
      {"/t.Feed/Watch?tenant=a", "parameter \\\"tenant\\\": there is no field"},
      {"/t.Feed/Watch?authorization=y",
       "parameter \\\"authorization\\\": there is a header of this name as well"},
  };
  for (const auto& [target, wrong] : cases) {
    RelayHarness harness(WithQueryMetadata());
    harness.Get(target, "Authorization: Bearer x\r\n");
    EXPECT_THAT(harness.Got(), HasSubstr(wrong)) << target;
    EXPECT_EQ(harness.metrics().Value("relay_refused", "bad_parameter"), 1u) << target;
    EXPECT_TRUE(harness.service().calls().empty());
  }
}

}  // namespace
}  // namespace sluice
