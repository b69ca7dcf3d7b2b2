// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class ExchangeTest : public EdgeFixture {
 protected:
  Browser browser_ = ConnectAndSend(kGet);
  Body& body_ = AddBody();
};

TEST_F(ExchangeTest, CarriesTheRequest) {
  ASSERT_EQ(exchanges_.size(), 1u);
  EXPECT_EQ(exchange().request().method, "GET");
  EXPECT_EQ(exchange().request().path, "/a");
  EXPECT_EQ(exchange().request().headers.Find("host"), "h");
  EXPECT_EQ(exchange().request().peer_address, "192.0.2.7");
}

TEST_F(ExchangeTest, TellsNothingFromInsideItsMethods) {
  Listen();
  Respond(200, "x");
  EXPECT_EQ(told_, "");
  Turn();
  EXPECT_EQ(told_, "finished ");
}

TEST_F(ExchangeTest, TellsAHalfCloseOnceAndGoesOn) {
  Listen();
  StartBody(body_);
  browser_.CloseSendingSide();
  Turn();
  Turn();
  EXPECT_EQ(told_, "half_closed ");
  Publish(body_, "event");
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("5\r\nevent\r\n"));
  browser_.Close();
  Turn();
  EXPECT_EQ(told_, "half_closed gone ");
}

TEST_F(ExchangeTest, TellsWhenTheBrowserIsGone) {
  Listen();
  StartBody(body_);
  Publish(body_, "a");
  browser_.Close();
  Turn();
  EXPECT_EQ(told_, "gone ");
  EXPECT_EQ(pool().connection_count(), 0u);
  Publish(body_, "b");
  Turn();
  EXPECT_EQ(told_, "gone ");
}

TEST_F(ExchangeTest, TellsWhatHappenedBeforeAnyoneListened) {
  browser_.CloseSendingSide();
  Turn();
  browser_.Close();
  Turn();
  EXPECT_EQ(pool().connection_count(), 0u);
  Listen();
  EXPECT_EQ(told_, "");
  Turn();
  EXPECT_EQ(told_, "half_closed gone ");
}

TEST_F(ExchangeTest, HasNoEffectWhenTheBrowserIsGone) {
  browser_.Close();
  Turn();
  Respond(200, "x");
  StartBody(body_);
  Publish(body_, "x");
  Turn();
}

TEST_F(ExchangeTest, BreaksTheConnectionOffWhenDroppedUnanswered) {
  exchanges_.clear();
  Turn();
  EXPECT_TRUE(browser_.IsClosed());
  EXPECT_EQ(browser_.Read(), "");
  EXPECT_EQ(pool().connection_count(), 0u);
}

TEST_F(ExchangeTest, CanBeDroppedOnceItHasAnswered) {
  Respond(200, "answer");
  exchanges_.clear();
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("\r\n\r\nanswer"));
  browser_.Send(kGet);
  Turn();
  EXPECT_EQ(exchanges_.size(), 1u);
}

TEST_F(ExchangeTest, BreaksOffWhenItIsDroppedBeforeTheBodyIsSent) {
  StartBody(body_);
  Publish(body_, "first");
  Turn();
  body_.Append("last");
  body_.Close(BodyEnd::kClean);
  exchanges_.clear();
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("5\r\nfirst\r\n"));
  EXPECT_TRUE(browser_.IsClosed());
  EXPECT_EQ(pool().connection_count(), 0u);
}

TEST_F(ExchangeTest, MayBeDestroyedByEachOfItsEvents) {
  for (const std::string when : {"half_closed", "gone", "finished"}) {
    exchanges_.clear();
    Turn();
    Browser browser = ConnectAndSend(kGet);
    Body& body = AddBody();
    told_.clear();
    Listen([this, when](Exchange::Event event) {
      told_ += NameOf(event);
      if (NameOf(event) == when) exchanges_.clear();
    });
    StartBody(body);
    Publish(body, "x");
    browser.CloseSendingSide();
    if (when == "gone") browser.Close();
    if (when == "finished") body.Close(BodyEnd::kClean);
    Turn();
    EXPECT_THAT(told_, EndsWith(when));
    EXPECT_TRUE(exchanges_.empty());
  }
}

TEST_F(ExchangeTest, MayReplaceItsListenerFromAnEvent) {
  Listen([this](Exchange::Event event) {
    told_ += "first " + NameOf(event) + " ";
    Listen();
  });
  StartBody(body_);
  browser_.CloseSendingSide();
  Turn();
  body_.Close(BodyEnd::kClean);
  Turn();
  EXPECT_EQ(told_, "first half_closed finished ");
}

TEST_F(ExchangeTest, MayCloseTheBodyFromAnEvent) {
  Listen([this](Exchange::Event event) {
    if (event == Exchange::Event::kHalfClosed) body_.Close(BodyEnd::kClean);
  });
  StartBody(body_);
  Publish(body_, "a");
  browser_.CloseSendingSide();
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("1\r\na\r\n0\r\n\r\n"));
}

TEST_F(ExchangeTest, TellsGoneWhenThePoolIsGone) {
  Listen();
  StartBody(body_);
  pool_.reset();
  EXPECT_EQ(told_, "");
  Turn();
  EXPECT_EQ(told_, "gone ");
  Publish(body_, "x");
}

}  // namespace
}  // namespace sluice
