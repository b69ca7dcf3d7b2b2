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
  ByteLog log_;
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

TEST_F(ExchangeTest, TellsWhenBytesWentOut) {
  Listen();
  StartBody(log_);
  Turn();
  EXPECT_EQ(told_, "");
  Publish(log_, "a");
  EXPECT_EQ(exchange().unsent_bytes(), 1u);
  Turn();
  EXPECT_EQ(told_, "sent ");
  EXPECT_EQ(exchange().unsent_bytes(), 0u);
  Publish(log_, "b");
  Publish(log_, "c");
  Turn();
  EXPECT_EQ(told_, "sent sent ");
  log_.Close(BodyEnd::kClean);
  Turn();
  EXPECT_EQ(told_, "sent sent finished ");
}

TEST_F(ExchangeTest, TellsAHalfCloseOnceAndGoesOn) {
  Listen();
  StartBody(log_);
  browser_.CloseSendingSide();
  Turn();
  Turn();
  EXPECT_EQ(told_, "half_closed ");
  Publish(log_, "event");
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("5\r\nevent\r\n"));
  browser_.Close();
  Turn();
  EXPECT_EQ(told_, "half_closed sent gone ");
}

TEST_F(ExchangeTest, TellsWhenTheBrowserIsGone) {
  Listen();
  StartBody(log_);
  Publish(log_, "a");
  browser_.Close();
  Turn();
  EXPECT_EQ(told_, "gone ");
  EXPECT_EQ(pool().connection_count(), 0u);
  Publish(log_, "b");
  EXPECT_EQ(exchange().unsent_bytes(), 0u);
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
  StartBody(log_);
  Publish(log_, "x");
  Turn();
  EXPECT_EQ(exchange().unsent_bytes(), 0u);
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

TEST_F(ExchangeTest, CanBeDroppedOnceItsBodyIsClosed) {
  {
    ByteLog log;
    StartBody(log);
    log.Append("last");
    log.Close(BodyEnd::kClean);
    exchanges_.clear();
  }
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("4\r\nlast\r\n0\r\n\r\n"));
}

TEST_F(ExchangeTest, EndsAnOpenBodyOpenlyWhenDropped) {
  StartBody(log_);
  Publish(log_, "last");
  exchanges_.clear();
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("4\r\nlast\r\n"));
  EXPECT_TRUE(browser_.SawEnd());
  Publish(log_, "nobody reads this");
}

TEST_F(ExchangeTest, MayBeDestroyedByEachOfItsEvents) {
  for (const std::string when : {"sent", "half_closed", "gone", "finished"}) {
    exchanges_.clear();
    Turn();
    Browser browser = ConnectAndSend(kGet);
    ByteLog log;
    told_.clear();
    Listen([this, when](Exchange::Event event) {
      told_ += NameOf(event);
      if (NameOf(event) == when) exchanges_.clear();
    });
    StartBody(log);
    log.Append("x");
    log.Publish();
    if (when != "sent") browser.CloseSendingSide();
    if (when == "gone") browser.Close();
    if (when == "finished") log.Close(BodyEnd::kClean);
    Turn();
    EXPECT_THAT(told_, EndsWith(when));
    EXPECT_TRUE(exchanges_.empty());
  }
}

TEST_F(ExchangeTest, MayReplaceItsEventsFromAnEvent) {
  Listen([this](Exchange::Event event) {
    told_ += "first " + NameOf(event) + " ";
    Listen();
  });
  StartBody(log_);
  Publish(log_, "a");
  Turn();
  Publish(log_, "b");
  Turn();
  EXPECT_EQ(told_, "first sent sent ");
}

TEST_F(ExchangeTest, MayAnswerAndCloseFromItsEvents) {
  Listen([this](Exchange::Event) {
    if (!log_.end().has_value()) log_.Close(BodyEnd::kClean);
  });
  StartBody(log_);
  Publish(log_, "a");
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("1\r\na\r\n0\r\n\r\n"));
}

TEST_F(ExchangeTest, TellsGoneWhenThePoolIsGone) {
  Listen();
  StartBody(log_);
  pool_.reset();
  EXPECT_EQ(told_, "");
  Turn();
  EXPECT_EQ(told_, "gone ");
  Publish(log_, "x");
}

}  // namespace
}  // namespace sluice
