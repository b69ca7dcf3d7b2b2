// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/ops_server.h"

#include <httplib.h>

#include <atomic>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/tcp_peer.h"

namespace sluice {
namespace {

class OpsServerTest : public testing::Test {
 protected:
  OpsServerTest()
      : server_(*OpsServer::Start(
            {}, {{"/readyz",
                  [this] {
                    return OpsServer::Answer{ready_ ? 200 : 503, R"({"ready":false})"};
                  }},
                 {"/metrics",
                  [] {
                    return OpsServer::Answer{200, "a 1\n", "text/plain"};
                  }}})),
        operator_("127.0.0.1", server_->port()) {}

  std::atomic<bool> ready_{false};
  std::unique_ptr<OpsServer> server_;
  httplib::Client operator_;
};

TEST_F(OpsServerTest, AnswersWhatThePagesSay) {
  EXPECT_EQ(operator_.Get("/readyz")->status, 503);
  EXPECT_EQ(operator_.Get("/readyz")->body, R"({"ready":false})");
  ready_ = true;
  EXPECT_EQ(operator_.Get("/readyz")->status, 200);
  EXPECT_EQ(operator_.Get("/readyz")->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(operator_.Get("/metrics?x=y")->body, "a 1\n");
  EXPECT_EQ(operator_.Get("/metrics")->get_header_value("Content-Type"), "text/plain");
  EXPECT_EQ(operator_.Head("/metrics")->body, "");
}

TEST_F(OpsServerTest, SaysWhatThereIs) {
  EXPECT_EQ(operator_.Get("/")->status, 404);
  EXPECT_NE(operator_.Get("/")->body.find("GET /readyz"), std::string::npos);
  EXPECT_EQ(operator_.Get("/metrics/")->status, 404);
  EXPECT_EQ(operator_.Post("/nothing")->status, 404);
  EXPECT_EQ(operator_.Post("/metrics", "a body", "text/plain")->status, 405);
  EXPECT_EQ(operator_.Delete("/metrics")->get_header_value("Allow"), "GET, HEAD");
}

TEST_F(OpsServerTest, RefusesAPortThatIsTaken) {
  const auto second = OpsServer::Start({.host = "127.0.0.1", .port = server_->port()}, {});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(std::string(second.status().message()).find("cannot be listened on"),
            std::string::npos);
}

TEST_F(OpsServerTest, AThousandConnectionsThatSayNothingKeepNoProbeWaiting) {
  std::vector<std::unique_ptr<TcpPeer>> silent;
  for (int i = 0; i < 1000; ++i) silent.push_back(std::make_unique<TcpPeer>(server_->port()));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(operator_.Get("/readyz")->status, 503);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
}

TEST_F(OpsServerTest, ARequestThatDoesNotEndIsGivenUp) {
  TcpPeer slow(server_->port());
  slow.Send("GET /readyz HTTP/1.1\r\nHost");
  slow.ReadToEnd(absl::Seconds(10));
  EXPECT_TRUE(slow.at_end() || slow.was_reset());
}

TEST_F(OpsServerTest, StopsInTimeWhileConnectionsWait) {
  std::vector<std::unique_ptr<TcpPeer>> half;
  for (int i = 0; i < 100; ++i) {
    half.push_back(std::make_unique<TcpPeer>(server_->port()));
    half.back()->Send("GET /");
  }
  const absl::Time begin = absl::Now();
  server_.reset();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace sluice
