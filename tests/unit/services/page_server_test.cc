// SPDX-License-Identifier: Apache-2.0
#include "services/page_server.h"

#include <httplib.h>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "services/page_files.h"

namespace sluice::demo {
namespace {

TEST(ParseOrigin, TakesAnOriginAndNothingElse) {
  EXPECT_EQ(*ParseOrigin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(*ParseOrigin("https://demo.example/"), "https://demo.example");
  for (const char* text :
       {"", "http://", "127.0.0.1:8080", "ftp://a", "http://a:0", "http://a:65536", "http://a:1:2",
        "http://a/path", "http://a;b", "http://a\"b", "http://a b", "http://user@a", "http://:80",
        "http://a\r\nb"}) {
    EXPECT_EQ(ParseOrigin(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(ParseGatewayUrl, TakesAnOriginAndABasePath) {
  for (const char* text : {"http://127.0.0.1:8080", "http://127.0.0.1:8080/"}) {
    EXPECT_EQ(ParseGatewayUrl(text)->origin, "http://127.0.0.1:8080") << text;
    EXPECT_EQ(ParseGatewayUrl(text)->base_path, "") << text;
  }
  for (const char* text : {"https://a/api/v1.2", "https://a/api/v1.2/"}) {
    EXPECT_EQ(ParseGatewayUrl(text)->origin, "https://a") << text;
    EXPECT_EQ(ParseGatewayUrl(text)->base_path, "/api/v1.2") << text;
  }
  for (const char* text : {"", "/api", "a/api", "http://a//b", "http://a/b?c", "http://a/b\"c",
                           "http://a/b c", "http://a/b;c", "http://a/%2F", "http:///api"}) {
    EXPECT_EQ(ParseGatewayUrl(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(PageServer, TellsThePageTheBasePathAndTheBrowserTheOrigin) {
  const auto server =
      PageServer::Start({.listen = "127.0.0.1:0", .gateway = "http://gate.example:1/api"});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto response = httplib::Client((*server)->url()).Get("/config.json");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "{\"gateway\":\"http://gate.example:1/api\"}");
  EXPECT_TRUE(absl::StrContains(response->get_header_value("Content-Security-Policy"),
                                "connect-src 'self' http://gate.example:1;"));
}

class PageServerTest : public testing::Test {
 protected:
  PageServerTest() {
    auto server = PageServer::Start({.listen = "127.0.0.1:0", .gateway = "http://gate.example:1"});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    browser_ = std::make_unique<httplib::Client>(server_->url());
  }

  std::unique_ptr<PageServer> server_;
  std::unique_ptr<httplib::Client> browser_;
};

TEST_F(PageServerTest, ServesEveryFileWithItsType) {
  for (const auto& [path, text] : PageFiles()) {
    const auto response = browser_->Get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200) << path;
    EXPECT_EQ(response->body, text) << path;
    if (absl::EndsWith(path, ".js")) {
      EXPECT_EQ(response->get_header_value("Content-Type"), "text/javascript; charset=utf-8");
    }
  }
}

TEST_F(PageServerTest, TheFolderIsTheIndex) {
  const auto response = browser_->Get("/");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, PageFiles().at("/index.html"));
}

TEST_F(PageServerTest, TellsThePageWhereTheGatewayIsAndTheBrowserThatNothingElseIs) {
  const auto response = browser_->Get("/config.json");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, R"({"gateway":"http://gate.example:1"})");
  EXPECT_TRUE(absl::StrContains(response->get_header_value("Content-Security-Policy"),
                                "connect-src 'self' http://gate.example:1;"));
}

TEST_F(PageServerTest, WhatDoesNotExistIsNotFound) {
  for (const char* path : {"/nothing", "/indexxhtml", "/../etc/passwd", "/app.js/"}) {
    const auto response = browser_->Get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 404) << path;
  }
}

TEST_F(PageServerTest, APortThatIsTakenIsRefused) {
  const std::string taken = server_->url().substr(std::string("http://").size());
  const auto second = PageServer::Start({.listen = taken});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(second.status().message(), taken)) << second.status();
}

TEST(PageServer, AnAddressThatDoesNotParseIsRefused) {
  for (const char* listen : {"", "8081", ":8081", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"}) {
    EXPECT_EQ(PageServer::Start({.listen = listen}).status().code(),
              absl::StatusCode::kInvalidArgument)
        << listen;
  }
}

TEST(PageFiles, ScriptsAndStylesStandInFilesAsThePolicyWantsIt) {
  for (const auto& [path, text] : PageFiles()) {
    if (!absl::EndsWith(path, ".html")) continue;
    EXPECT_FALSE(absl::StrContains(text, "<style")) << path;
    EXPECT_FALSE(absl::StrContains(text, " style=")) << path;
    EXPECT_FALSE(absl::StrContains(text, " onclick=")) << path;
    EXPECT_FALSE(absl::StrContains(text, "<script>")) << path;
  }
}

}  // namespace
}  // namespace sluice::demo
