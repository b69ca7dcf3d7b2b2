// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class ListenerTest : public EdgeFixture {
 protected:
  absl::StatusOr<std::unique_ptr<Listener>> Open(std::string host, uint16_t port = 0) {
    Listener::Options options;
    options.host = std::move(host);
    options.port = port;
    options.place = place_;
    return Listener::Open(loop_, metrics_, options, [this](std::unique_ptr<Exchange> exchange) {
      exchanges_.push_back(std::move(exchange));
    });
  }

  Listener::Place place_ = Listener::Place::kFirst;
  Body& body_ = AddBody();

  static Browser ConnectTo4(uint16_t port) {
    Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return Browser(std::move(fd));
  }
  static Browser ConnectTo6(uint16_t port) {
    Fd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return Browser(std::move(fd));
  }
};

TEST_F(ListenerTest, AcceptsOnAnAddressAndOnAName) {
  for (const std::string host : {"127.0.0.1", "localhost", "0.0.0.0"}) {
    auto listener = Open(host);
    ASSERT_TRUE(listener.ok()) << listener.status();
    Browser browser = ConnectTo4((*listener)->port());
    browser.Send(kGet);
    Turn();
    EXPECT_EQ((*listener)->connection_count(), 1u);
    EXPECT_EQ(exchange().request().peer_address, "127.0.0.1");
    Respond(200, "x");
    Turn();
    EXPECT_THAT(browser.Read(), EndsWith("\r\n\r\nx"));
  }
}

TEST_F(ListenerTest, AcceptsOnIpv6) {
  auto listener = Open("[::1]");
  if (!listener.ok()) GTEST_SKIP() << listener.status();
  Browser browser = ConnectTo6((*listener)->port());
  browser.Send(kGet);
  Turn();
  EXPECT_EQ(exchange().request().peer_address, "::1");
  auto both = Open("::");
  ASSERT_TRUE(both.ok()) << both.status();
  Browser mapped = ConnectTo4((*both)->port());
  mapped.Send(kGet);
  Turn();
  EXPECT_EQ(exchange().request().peer_address, "127.0.0.1");
}

TEST_F(ListenerTest, SaysWhatItCouldNotBind) {
  const auto no_name = Open("no such host.invalid");
  EXPECT_THAT(no_name.status().message(), HasSubstr("cannot listen on `no such host.invalid`"));
  const auto not_here = Open("192.0.2.1", 8080);
  EXPECT_THAT(not_here.status().message(), HasSubstr("cannot listen on 192.0.2.1:8080: bind: "));
}

TEST_F(ListenerTest, SharesItsAddressWithTheListenersOfOtherLoops) {
  auto first = Open("127.0.0.1");
  ASSERT_TRUE(first.ok());
  const auto refused = Open("127.0.0.1", (*first)->port());
  EXPECT_THAT(refused.status().message(), HasSubstr("Address already in use"));
  place_ = Listener::Place::kFurther;
  auto second = Open("127.0.0.1", (*first)->port());
  ASSERT_TRUE(second.ok()) << second.status();
  std::vector<Browser> browsers;
  for (int i = 0; i < 64; ++i) browsers.push_back(ConnectTo4((*first)->port()));
  Turn();
  EXPECT_EQ((*first)->connection_count() + (*second)->connection_count(), 64u);
}

TEST_F(ListenerTest, StopsAccepting) {
  auto listener = Open("127.0.0.1");
  ASSERT_TRUE(listener.ok());
  Browser browser = ConnectTo4((*listener)->port());
  browser.Send(kGet);
  Turn();
  (*listener)->StopAccepting();
  Respond(200, "x");
  Turn();
  EXPECT_THAT(browser.Read(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(browser.SawEnd());
  (*listener)->StopAccepting();
}

TEST_F(ListenerTest, KeepsTheEndOfAnAnswerFromBeingLostToAReset) {
  auto listener = Open("127.0.0.1");
  ASSERT_TRUE(listener.ok());
  Browser browser = ConnectTo4((*listener)->port());
  browser.Send(kGet);
  Turn();
  StartBody(body_);
  body_.Append("last");
  body_.Close(BodyEnd::kOpen);
  browser.Send(std::string(50'000, 'x'));  // unread bytes would make a close a reset
  Turn();
  browser.Send(std::string(50'000, 'x'));
  Turn();
  EXPECT_THAT(browser.Read(), EndsWith("4\r\nlast\r\n"));
  EXPECT_TRUE(browser.SawEnd());
  browser.Close();
  Turn();
  EXPECT_EQ((*listener)->connection_count(), 0u);
}

TEST_F(ListenerTest, NoticesAResetOfAStreamThatSendsNothing) {
  auto listener = Open("127.0.0.1");
  ASSERT_TRUE(listener.ok());
  Browser browser = ConnectTo4((*listener)->port());
  browser.Send(kGet);
  Turn();
  Listen();
  StartBody(body_);
  Turn();
  const linger at_once{1, 0};
  ::setsockopt(browser.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  browser.Close();
  Turn();
  EXPECT_EQ(told_, "gone ");
  EXPECT_EQ((*listener)->connection_count(), 0u);
}

TEST_F(ListenerTest, PausesWhileDescriptorsAreOutAndGoesOn) {
  auto listener = Open("127.0.0.1");
  ASSERT_TRUE(listener.ok());
  Turn();  // ubsan checks a type once, and needs descriptors for that
  Browser browser = ConnectTo4((*listener)->port());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  Turn();
  EXPECT_EQ(loop_.RunReady(), 0u);  // no spinning
  EXPECT_EQ((*listener)->connection_count(), 0u);
  EXPECT_EQ(metrics_.Value("edge_accept_pauses"), 1u);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  Turn();
  EXPECT_EQ((*listener)->connection_count(), 0u);
  Pass(absl::Milliseconds(110));
  EXPECT_EQ((*listener)->connection_count(), 1u);
}

}  // namespace
}  // namespace sluice
