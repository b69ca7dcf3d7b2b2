// SPDX-License-Identifier: Apache-2.0
// An exchange whose body is attached to a log: a connection sends from the log when the log's
// window looks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/unit/edge/edge_fixture.h"

namespace sluice {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class ExchangeSharedTest : public EdgeFixture {
 protected:
  // The body outlives its exchange, the window its body.
  ~ExchangeSharedTest() override {
    exchanges_.clear();
    shared_.reset();
  }

  void StartShared() {
    shared_->Append("open\n\n");
    shared_->Attach(window_, log_.published());
    exchange().StartBody(ResponseHead(), *shared_);
  }
  void Look(const std::string& entry) {
    log_.Append(entry);
    log_.Publish();
    window_.Look();
  }

  SharedLog log_{{}};
  SharedLogWindow window_{log_, "\n\n"};
  std::function<void(Body::Need)> on_need_ = [](Body::Need) {};
  Told<Body::Need> owner_{[this](Body::Need need) { on_need_(need); }};
  std::unique_ptr<Body> shared_ = std::make_unique<Body>(owner_.call());
  Browser browser_ = ConnectAndSend(kGet);
};

TEST_F(ExchangeSharedTest, SendsTheHeadAndTheFirstBytesTogether) {
  Listen();
  StartShared();
  EXPECT_EQ(browser_.Read(), "");
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("\r\n\r\n6\r\nopen\n\n\r\n"));
  EXPECT_EQ(told_, "");  // the body tells its owner itself
}

TEST_F(ExchangeSharedTest, SendsWhileTheWindowLooks) {
  StartShared();
  Turn();
  browser_.Read();
  Look("1\n\n");
  EXPECT_EQ(browser_.Read(), "3\r\n1\n\n\r\n");  // without another turn
}

TEST_F(ExchangeSharedTest, WaitsForTheKernelAndGoesOn) {
  Browser slow = Connect(4096);
  slow.Send(kGet);
  Turn();
  StartShared();
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string entry = std::string(i * 7 % 500, 'x') + "\n\n";
    Look(entry);
    expected += entry;
  }
  const std::string wire = ReadAll(slow);
  size_t payload = 0;
  for (const char c : wire) payload += c == 'x';
  size_t wanted = 0;
  for (const char c : expected) wanted += c == 'x';
  EXPECT_EQ(payload, wanted);
  EXPECT_TRUE(shared_->idle());
}

TEST_F(ExchangeSharedTest, SendsAtOnceWhatIsAppendedWhileTheKernelTakesTheRest) {
  on_need_ = [this](Body::Need need) {
    if (need != Body::Need::kCaughtUp) return;
    shared_->Detach();
    shared_->Append("goodbye\n\n");
    shared_->Publish();
  };
  Browser slow = Connect(4096);
  slow.Send(kGet);
  Turn();
  StartShared();
  Look(std::string(50'000, 'x') + "\n\n");
  window_.Close();
  window_.Look();
  Turn();
  EXPECT_THAT(ReadAll(slow), EndsWith("goodbye\n\n\r\n"));
}

TEST_F(ExchangeSharedTest, EndsCleanlyAndServesOn) {
  Listen();
  StartShared();
  Look("1\n\n");
  shared_->Detach();
  shared_->Append("end\n\n");
  shared_->Close(BodyEnd::kClean);
  Turn();
  EXPECT_THAT(browser_.Read(), EndsWith("5\r\nend\n\n\r\n0\r\n\r\n"));
  EXPECT_THAT(told_, EndsWith("finished "));
  browser_.Send(kGet);
  Turn();
  EXPECT_EQ(exchanges_.size(), 2u);
}

TEST_F(ExchangeSharedTest, EndsOpenlyWithoutTheLastChunk) {
  StartShared();
  shared_->Detach();
  shared_->Close(BodyEnd::kOpen);
  Turn();
  EXPECT_THAT(browser_.Read(), Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(browser_.SawEnd());
}

TEST_F(ExchangeSharedTest, BreaksOffWhenItIsDropped) {
  StartShared();
  Turn();
  exchanges_.clear();
  shared_ = std::make_unique<Body>(owner_.call());
  Turn();
  EXPECT_TRUE(browser_.IsClosed());
  EXPECT_EQ(pool().connection_count(), 0u);
  Look("nobody reads this\n\n");
}

TEST_F(ExchangeSharedTest, TellsWhenTheBrowserIsGone) {
  Listen();
  StartShared();
  Turn();
  browser_.Close();
  Turn();
  EXPECT_THAT(told_, EndsWith("gone "));
  Look("1\n\n");
  EXPECT_TRUE(shared_->attached());  // its owner is told, and detaches it
}

TEST_F(ExchangeSharedTest, FindsOutWhileTheWindowLooksThatTheBrowserIsGone) {
  Listen();
  StartShared();
  Turn();
  browser_.Close();
  Look("1\n\n");
  Look("2\n\n");
  Turn();
  EXPECT_THAT(told_, EndsWith("gone "));
  EXPECT_EQ(pool().connection_count(), 0u);
}

TEST_F(ExchangeSharedTest, GivesUpOneThatDoesNotTakeItsLastBytes) {
  Browser slow = Connect(4096);
  slow.Send(kGet);
  Turn();
  Listen();
  StartShared();
  Look(std::string(100'000, 'x') + "\n\n");
  shared_->Detach();
  shared_->Close(BodyEnd::kOpen);
  Turn();
  Pass(absl::Seconds(6));
  EXPECT_THAT(told_, EndsWith("gone "));
  EXPECT_EQ(metrics_.Value("edge_refused", "close_timeout"), 1u);
}

}  // namespace
}  // namespace sluice
