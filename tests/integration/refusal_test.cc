// SPDX-License-Identifier: Apache-2.0
// A request that cannot be served is told why, in JSON of one shape, and counted by reason.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

struct Case {
  TestRequest request;
  int status;
  std::string reason;
  std::string says;
};

const std::pair<std::string, std::string> kJson = {"Content-Type", "application/json"};

TEST(Refusal, NamesWhatIsWrong) {
  TestGateway gateway;
  const Case cases[] = {
      {{.target = "/"}, 404, "unknown_path", "/package.Service/Method"},
      {{.target = "/demo.v1.Faults/Nothing"}, 404, "unknown_path", "/demo.v1.Faults/Nothing"},
      {{.target = "/demo.v1.Faults/Chat"}, 404, "not_exposed", "demo.v1.Faults.Chat"},
      {{.target = "/demo.v1.Faults/Collect"}, 404, "not_exposed", "demo.v1.Faults.Collect"},
      {{.method = "DELETE", .target = "/demo.v1.Faults/Run"}, 405, "method_not_allowed", "DELETE"},
      {{.target = "/demo.v1.Room/Post"}, 405, "method_not_allowed", "POST"},
      {{.target = "/demo.v1.Faults/Run?coutn=3"}, 400, "bad_parameter", "coutn"},
      {{.target = "/demo.v1.Faults/Run?count=three"}, 400, "bad_parameter", "three"},
      {{.target = "/demo.v1.Faults/Run?count=1&count=2"}, 400, "bad_parameter", "count"},
      {{.target = "/demo.v1.Faults/Run?count=%zz"}, 400, "bad_parameter", "offset"},
      {{.target = "/demo.v1.Faults/Run?event=other"}, 400, "bad_parameter", "event"},
      {{.target = "/demo.v1.Uploads/Watch"}, 400, "missing_field", "member_id"},
      {{.target = "/demo.v1.Uploads/Watch?member_id=m"}, 400, "missing_field", "identifier"},
      {{.target = "/demo.v1.Faults/Run", .headers = {{"Accept", "text/html"}}},
       406,
       "not_acceptable",
       "text/event-stream"},
      {{.target = "/demo.v1.Faults/Run?alt=xml"}, 406, "not_acceptable", "application/x-ndjson"},
      {{.target = "/demo.v1.Faults/Echo?alt=sse"}, 406, "not_acceptable", "application/json"},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Run",
        .headers = {{"Cookie", "a=b"}},
        .body = "{}"},
       415,
       "unsupported_media_type",
       "application/json"},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Run",
        .headers = {{"Content-Type", "text/plain"}},
        .body = "{}"},
       415,
       "unsupported_media_type",
       "text/plain"},
      {{.method = "POST", .target = "/demo.v1.Faults/Run", .headers = {kJson}, .body = "{\"x\":1}"},
       400,
       "bad_body",
       "x"},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Run",
        .headers = {kJson},
        .body = "{'count':1}"},
       400,
       "bad_body",
       "JSON"},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Run",
        .headers = {kJson},
        .body = "{\"count\":\"x\"}"},
       400,
       "bad_body",
       "count"},
      {{.method = "POST",
        .target = "/demo.v1.Faults/Run?count=1",
        .headers = {kJson},
        .body = "{}"},
       400,
       "bad_parameter",
       "count"},
  };
  for (const Case& c : cases) {
    const uint64_t before = gateway.refused(c.reason);
    HttpAnswer answer(gateway.port(), c.request);
    EXPECT_EQ(answer.status(), c.status) << c.request.ToBytes();
    EXPECT_EQ(answer.header("content-type"), "application/json");
    const std::string body = answer.ReadBody();
    EXPECT_TRUE(absl::StartsWith(body, "{\"code\":")) << body;
    EXPECT_TRUE(absl::StrContains(body, ",\"details\":[]}")) << body;
    EXPECT_TRUE(absl::StrContains(body, c.says)) << body;
    EXPECT_EQ(gateway.refused(c.reason), before + 1) << c.request.ToBytes();
  }
  EXPECT_EQ(gateway.service().calls("/demo.v1.Faults/Run"), 0);
}

TEST(Refusal, NamesAllMissingFieldsAtOnce) {
  TestGateway gateway;
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Uploads/Watch"});
  const std::string body = answer.ReadBody();
  EXPECT_TRUE(absl::StrContains(body, "member_id")) << body;
  EXPECT_TRUE(absl::StrContains(body, "identifier")) << body;
}

TEST(Refusal, AllowTellsTheMethods) {
  TestGateway gateway;
  HttpAnswer stream(gateway.port(), {.method = "PUT", .target = "/demo.v1.Faults/Run"});
  EXPECT_EQ(stream.header("allow"), "GET, POST, OPTIONS");
  HttpAnswer unary(gateway.port(), {.target = "/demo.v1.Room/Post"});
  EXPECT_EQ(unary.header("allow"), "POST, OPTIONS");
  HttpAnswer options(gateway.port(), {.method = "OPTIONS", .target = "/demo.v1.Room/Post"});
  EXPECT_EQ(options.status(), 204);
  EXPECT_EQ(options.header("allow"), "POST, OPTIONS");
}

TEST(Refusal, TheConnectionStaysUsable) {
  TestGateway gateway;
  HttpAnswer refused(gateway.port(), {.target = "/nothing"});
  EXPECT_EQ(refused.WaitForEnd(), HttpAnswer::End::kClean);
  HttpAnswer served(refused.shared_peer(), {.target = "/demo.v1.Faults/Echo?text=x"});
  EXPECT_EQ(served.status(), 200);
}

}  // namespace
}  // namespace sluice
