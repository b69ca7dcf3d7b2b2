// SPDX-License-Identifier: Apache-2.0
#include "gateway/ops/ops_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/tcp_peer.h"

namespace sluice {
namespace {

// Makes the next accept of the socket that listens on `port` in this process fail.
bool BreakListenerOn(uint16_t port) {
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    int listens = 0;
    socklen_t flag_size = sizeof listens;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) != 0 || listens == 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ntohs(address.sin_port) != port) {
      continue;
    }
    return ::shutdown(fd, SHUT_RDWR) == 0;
  }
  return false;
}

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

// What accept sees of the socket is an error that will not come again on a new one.
TEST_F(OpsServerTest, ListensAnewOnItsPortAfterAcceptHasFailed) {
  const uint16_t port = server_->port();
  ASSERT_EQ(operator_.Get("/readyz")->status, 503);
  ASSERT_TRUE(BreakListenerOn(port));
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!httplib::Client("127.0.0.1", port).Get("/readyz") && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  ASSERT_TRUE(operator_.Get("/readyz"));
  EXPECT_EQ(operator_.Get("/readyz")->status, 503);
  EXPECT_EQ(server_->port(), port);
}

TEST_F(OpsServerTest, StopsInTimeAfterAcceptHasFailed) {
  for (int i = 0; i < 20; ++i) {
    auto server = *OpsServer::Start({}, {});
    ASSERT_TRUE(BreakListenerOn(server->port()));
    absl::SleepFor(absl::Milliseconds(7 * i));  // before, in and after its pause
  }
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
