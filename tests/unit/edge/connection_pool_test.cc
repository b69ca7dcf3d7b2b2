// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/connection_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConnectionPoolTest : public EdgeFixture {
 protected:
  Body& body_ = AddBody();
};

TEST_F(ConnectionPoolTest, MarksTheRequestOfOneConnectionTooManyAndClosesIt) {
  options_.max_connections = 2;
  std::vector<Browser> browsers;
  for (int i = 0; i < 2; ++i) {
    browsers.push_back(ConnectAndSend(kGet));
    EXPECT_FALSE(exchange().request().over_limit);
  }
  Browser third = ConnectAndSend(kGet);
  EXPECT_EQ(exchanges_.size(), 3u);
  EXPECT_TRUE(exchange().request().over_limit);
  Respond(503, "x");
  Turn();
  EXPECT_THAT(third.Read(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Connection: close\r\n")));
  EXPECT_TRUE(third.SawEnd());
  third.Close();
  browsers.pop_back();
  Turn();
  Browser fourth = ConnectAndSend(kGet);
  EXPECT_FALSE(exchange().request().over_limit);
}

TEST_F(ConnectionPoolTest, CountsTheConnectionsOfAllThatShareTheLimit) {
  options_.max_connections = 2;
  options_.count = std::make_shared<std::atomic<size_t>>(1);  // of another pool
  Browser first = ConnectAndSend(kGet);
  EXPECT_FALSE(exchange().request().over_limit);
  Browser second = ConnectAndSend(kGet);
  EXPECT_TRUE(exchange().request().over_limit);
  EXPECT_EQ(*options_.count, 3u);
  first.Close();
  second.Close();
  Turn();
  EXPECT_EQ(*options_.count, 1u);
}

TEST_F(ConnectionPoolTest, ClosesFarTooManyWithoutAWord) {
  options_.max_connections = 1;
  std::vector<Browser> browsers;
  for (int i = 0; i < 300; ++i) browsers.push_back(Connect());
  Turn();
  EXPECT_LT(pool().connection_count(), 150u);
  EXPECT_TRUE(browsers.back().IsClosed());
  EXPECT_EQ(pool().connection_count() + metrics_.Value("edge_refused", "too_many_connections"),
            300u);
}

TEST_F(ConnectionPoolTest, FinishesUp) {
  Browser silent = Connect();
  Browser idle = ConnectAndSend(kGet);
  Respond(200, "x");
  Turn();
  Browser partial = ConnectAndSend("GET / HTTP/1.1\r\n");
  Browser streaming = ConnectAndSend(kGet);
  StartBody(body_);
  Turn();
  pool().FinishUp();
  Turn();
  EXPECT_TRUE(silent.IsClosed());
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_EQ(pool().connection_count(), 2u);

  body_.Append("last");
  body_.Close(BodyEnd::kClean);
  partial.Send("Host: h\r\n\r\n");
  Turn();
  EXPECT_THAT(streaming.Read(), EndsWith("4\r\nlast\r\n0\r\n\r\n"));
  EXPECT_TRUE(streaming.SawEnd());
  Respond(200, "x");
  Turn();
  EXPECT_THAT(partial.Read(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(partial.SawEnd());
  EXPECT_TRUE(Connect().IsClosed());
}

TEST_F(ConnectionPoolTest, BreaksOffWhatIsLeftAtItsEnd) {
  Browser streaming = ConnectAndSend(kGet);
  StartBody(body_);
  Browser dirty = ConnectAndSend(kGet);
  Respond(200, "x");
  pool_.reset();
  EXPECT_TRUE(streaming.IsClosed());
  EXPECT_TRUE(dirty.IsClosed());
  Turn();
}

TEST_F(ConnectionPoolTest, TellsAllSubscribersInOnePass) {
  std::vector<Browser> browsers;
  std::vector<Body*> bodies;
  for (int i = 0; i < 50; ++i) {
    browsers.push_back(ConnectAndSend(kGet));
    bodies.push_back(&AddBody());
    StartBody(*bodies.back());
  }
  Turn();
  for (int round = 0; round < 3; ++round) {
    for (Body* body : bodies) Publish(*body, "x");
  }
  EXPECT_EQ(loop_.RunReady(), 1u);
  for (Browser& browser : browsers) EXPECT_THAT(browser.Read(), EndsWith("\r\n\r\n3\r\nxxx\r\n"));
}

TEST_F(ConnectionPoolTest, SurvivesBrowsersThatLeaveAtAnyTime) {
  std::vector<Body*> bodies;
  for (int i = 0; i < 400; ++i) {
    Browser browser = Connect();
    if (i % 7 > 0) browser.Send(kGet);
    if (i % 5 > 0) Turn();
    if (i % 7 > 0 && i % 5 > 0) {
      bodies.push_back(&AddBody());
      StartBody(*bodies.back());
      if (i % 3 > 0) Publish(*bodies.back(), std::string(i * 1000, 'x'));
      if (i % 4 > 1) Turn();
      if (i % 4 == 3) exchanges_.pop_back();
    }
    if (i % 11 == 0) exchanges_.clear();
  }
  exchanges_.clear();
  Turn();
  EXPECT_EQ(pool().connection_count(), 0u);
}

}  // namespace
}  // namespace sluice
