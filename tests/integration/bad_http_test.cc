// SPDX-License-Identifier: Apache-2.0
// No byte of a browser, nor its absence, does more than cost it its own connection.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kShort[] =
    "limits: {head_timeout: 300ms, body_timeout: 300ms, idle_timeout: 300ms, body: 2KiB}\n";

TEST(BadHttp, IsAnsweredAndClosed) {
  TestGateway gateway({.yaml = kShort});
  const std::pair<std::string, std::string> cases[] = {
      {"not http at all\r\n\r\n", "HTTP/1.1 400"},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {absl::StrCat("GET / HTTP/1.1\r\nHost: x\r\nX: ", std::string(20'000, 'a')), "HTTP/1.1 431"},
      {"POST /demo.v1.Room/Post HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n",
       "HTTP/1.1 413"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 408"},
      {"", "HTTP/1.1 408"},
      {"POST /demo.v1.Room/Post HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", "HTTP/1.1 408"},
  };
  for (const auto& [bytes, status] : cases) {
    TcpPeer peer(gateway.port());
    peer.Send(bytes);
    const std::string answer = peer.ReadToEnd();
    EXPECT_TRUE(absl::StartsWith(answer, status)) << bytes.substr(0, 60) << "\n" << answer;
    EXPECT_TRUE(absl::StrContains(answer, "{\"code\":")) << answer;
    EXPECT_TRUE(peer.at_end()) << bytes.substr(0, 60);
  }
}

TEST(BadHttp, ADripOfHeadersDoesNotHoldAConnection) {
  TestGateway gateway({.yaml = kShort});
  TcpPeer peer(gateway.port());
  peer.Send("GET / HTTP/1.1\r\n");
  std::string answer;
  const absl::Time begin = absl::Now();
  while (answer.empty() && peer.Send("a: b\r\n")) answer = peer.ReadSome(absl::Milliseconds(50));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 408")) << answer;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(3));
}

TEST(BadHttp, AnIdleConnectionIsClosedWithoutAWord) {
  TestGateway gateway({.yaml = kShort});
  HttpAnswer answer(gateway.port(), {.target = "/demo.v1.Faults/Echo"});
  EXPECT_EQ(answer.WaitForEnd(), HttpAnswer::End::kClean);
  EXPECT_EQ(answer.peer().ReadToEnd(), "");
  EXPECT_TRUE(answer.peer().at_end());
}

TEST(BadHttp, PipelinedRequestsAreAnsweredInOrder) {
  TestGateway gateway;
  TcpPeer peer(gateway.port());
  std::string requests;
  for (int i = 0; i < 5; ++i) {
    requests += TestRequest{.target = absl::StrCat("/demo.v1.Faults/Echo?text=n", i)}.ToBytes();
  }
  peer.Send(requests + TestRequest{.target = "/x", .headers = {{"Connection", "close"}}}.ToBytes());
  const std::string answers = peer.ReadToEnd();
  size_t at = 0;
  for (int i = 0; i < 5; ++i) {
    at = answers.find(absl::StrCat("\"text\":\"n", i, "\""), at);
    ASSERT_NE(at, std::string::npos) << i << " in " << answers;
  }
  EXPECT_NE(answers.find("HTTP/1.1 404", at), std::string::npos);
}

TEST(BadHttp, APipelinedRequestWaitsForTheStreamToEnd) {
  TestGateway gateway;
  TcpPeer peer(gateway.port());
  peer.Send(TestRequest{.target = "/demo.v1.Faults/Run?count=3&silence_between=0.05s"}.ToBytes() +
            TestRequest{.target = "/x", .headers = {{"Connection", "close"}}}.ToBytes());
  const std::string answers = peer.ReadToEnd();
  EXPECT_LT(answers.find("event: stream-end"), answers.find("HTTP/1.1 404")) << answers;
}

TEST(BadHttp, TooManyConnectionsAreTurnedAway) {
  TestGateway gateway({.yaml = "limits: {connections: 2}\n"});
  std::vector<std::shared_ptr<TcpPeer>> peers;
  for (int i = 0; i < 2; ++i) {
    peers.push_back(std::make_shared<TcpPeer>(gateway.port()));
    HttpAnswer answer(peers.back(), {.target = "/x"});
    EXPECT_EQ(answer.status(), 404);  // whichever loop has it
  }
  // EventSource comes back after an open end, and never after a 503.
  HttpAnswer stream(gateway.port(), {.target = "/demo.v1.Faults/Run",
                                     .headers = {{"Accept", "text/event-stream"}}});
  EXPECT_EQ(stream.status(), 200);
  EXPECT_EQ(stream.WaitForEnd(), HttpAnswer::End::kOpen);
  EXPECT_TRUE(absl::StrContains(stream.body(), "\"reason\":\"too_many_connections\"}"))
      << stream.body();
  HttpAnswer other(gateway.port(),
                   {.method = "POST", .target = "/demo.v1.Faults/Echo", .body = "{}"});
  EXPECT_EQ(other.status(), 503);
  EXPECT_EQ(other.header("retry-after"), "3");
  EXPECT_EQ(gateway.server().metrics().Value("relay_refused", "too_many_connections"), 2u);
}

TEST(BadHttp, LeavesNoDescriptorBehind) {
  TestGateway gateway({.yaml = kShort});
  HttpAnswer(gateway.port(), {.target = "/x"}).status();
  const int descriptors = OpenDescriptors();
  for (int i = 0; i < 50; ++i) {
    TcpPeer peer(gateway.port());
    peer.Send(i % 2 == 0 ? "rubbish\r\n\r\n" : "GET / HTTP/1.1\r\n");
    if (i % 3 == 0) peer.Reset();
  }
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() <= descriptors; }))
      << OpenDescriptors() << " now, before " << descriptors;
}

}  // namespace
}  // namespace sluice
