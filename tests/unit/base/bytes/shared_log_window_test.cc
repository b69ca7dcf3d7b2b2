// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/bytes/shared_log_window.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes/body.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/told.h"

namespace sluice {
namespace {

using Need = Body::Need;

class SharedLogWindowTest : public testing::Test {
 protected:
  void Publish(const std::string& entry) {
    log_.Append(entry);
    log_.Publish();
  }
  // A body that says its name, and what it needs.
  std::unique_ptr<Body> Join(const std::string& name, uint64_t position) {
    owners_.push_back(std::make_unique<Told<Body::Need>>([this, name](Need need) {
      told_.push_back(absl::StrCat(name, need == Need::kLost ? " lost" : " caught up"));
      if (then_) then_();
    }));
    auto body = std::make_unique<Body>(owners_.back()->call());
    body->Attach(window_, position);
    return body;
  }

  SharedLog log_{{.min_chunk_bytes = 32, .max_chunk_bytes = 32}};
  SharedLogWindow window_{log_, "\n\n"};
  std::vector<std::string> told_;
  std::function<void()> then_;
  std::vector<std::unique_ptr<Told<Body::Need>>> owners_;
};

TEST_F(SharedLogWindowTest, GivesWholeEntriesUpToALimit) {
  for (const char* entry : {"aaaa\n\n", "bb\nb\n\n", "c\n\n"}) Publish(entry);
  window_.Look();
  EXPECT_EQ(window_.Entries(0, 100), "aaaa\n\nbb\nb\n\nc\n\n");
  EXPECT_EQ(window_.Entries(0, 15), "aaaa\n\nbb\nb\n\nc\n\n");
  EXPECT_EQ(window_.Entries(0, 14), "aaaa\n\nbb\nb\n\n");
  EXPECT_EQ(window_.Entries(0, 11), "aaaa\n\n");
  EXPECT_EQ(window_.Entries(0, 6), "aaaa\n\n");
  EXPECT_EQ(window_.Entries(6, 6), "bb\nb\n\n");
  EXPECT_EQ(window_.Entries(15, 6), "");
}

TEST_F(SharedLogWindowTest, CountsWhatItGives) {
  for (const char* entry : {"aaaa\n\n", "bb\nb\n\n", "c\n\n"}) Publish(entry);
  window_.Look();
  EXPECT_EQ(window_.CountEntries(0, window_.Entries(0, 100)), 3u);
  EXPECT_EQ(window_.CountEntries(0, window_.Entries(0, 14)), 2u);
  EXPECT_EQ(window_.CountEntries(6, window_.Entries(6, 100)), 2u);
  EXPECT_EQ(window_.CountEntries(6, window_.Entries(6, 100)), 2u);
}

TEST_F(SharedLogWindowTest, GivesOneThatIsLongerThanTheLimit) {
  Publish(std::string(20, 'x') + "\n\n");
  Publish("y\n\n");
  window_.Look();
  for (size_t limit = 2; limit < 22; ++limit) {
    EXPECT_EQ(window_.Entries(0, limit), std::string(20, 'x') + "\n\n") << limit;
  }
}

TEST_F(SharedLogWindowTest, GivesWhatLiesContiguously) {
  Publish(std::string(28, 'x') + "\n\n");
  Publish("y\n\n");
  window_.Look();
  EXPECT_EQ(window_.Entries(0, 1000).size(), 30u);
  EXPECT_EQ(window_.Entries(30, 1000), "y\n\n");
}

TEST_F(SharedLogWindowTest, HasASerialOfItsOwn) {
  const SharedLogWindow other(log_, "\n");
  EXPECT_NE(window_.serial(), other.serial());
}

TEST_F(SharedLogWindowTest, RefreshesWithoutTellingAnybody) {
  const auto body = Join("a", 0);
  Publish("1\n\n");
  log_.ForgetBefore(3);
  window_.Refresh();
  EXPECT_EQ(window_.end(), 3u);
  EXPECT_TRUE(told_.empty());
  window_.Look();
  EXPECT_THAT(told_, testing::ElementsAre("a lost"));
}

TEST_F(SharedLogWindowTest, TellsEachBodyThatItsPlaceIsForgottenOnce) {
  const auto a = Join("a", 0);
  Publish("1\n\n");
  window_.Look();
  const auto b = Join("b", 3);
  const auto c = Join("c", 0);
  Publish("2\n\n");
  log_.ForgetBefore(3);
  window_.Look();
  EXPECT_THAT(told_, testing::UnorderedElementsAre("a lost", "c lost"));
  EXPECT_THAT(window_.bodies(), testing::ElementsAre(b.get()));
  EXPECT_EQ(a->position(), 0u);
  EXPECT_EQ(b->unsent_bytes(), 3u);
  window_.Look();
  EXPECT_EQ(told_.size(), 2u);
}

TEST_F(SharedLogWindowTest, ToleratesThatBodiesLeaveWhileItTells) {
  std::vector<std::unique_ptr<Body>> bodies;
  for (int i = 0; i < 10; ++i) bodies.push_back(Join(absl::StrCat(i), 0));
  then_ = [&] {
    for (const auto& body : bodies) body->Detach();
  };
  Publish("1\n\n");
  log_.ForgetBefore(3);
  window_.Look();
  EXPECT_THAT(told_, testing::ElementsAre("9 lost"));
  EXPECT_TRUE(window_.bodies().empty());
}

// A body that skips ahead looks again; what is forgotten by then was not told to those before it.
TEST_F(SharedLogWindowTest, KeepsWhatABodyStandsAtThatWasNotToldYet) {
  const std::string entry(30, 'x');
  Publish(entry + "\n\n");
  Publish(entry + "\n\n");
  Publish(entry + "\n\n");
  window_.Look();
  const auto lost = Join("lost", 0);
  const auto stays = Join("stays", 32);
  log_.ForgetBefore(32);
  then_ = [&] {
    log_.ForgetBefore(64);
    window_.Refresh();
  };
  window_.Look();
  EXPECT_THAT(told_, testing::ElementsAre("lost lost"));
  EXPECT_EQ(stays->NextPiece().bytes, entry + "\n\n");
}

TEST_F(SharedLogWindowTest, TellsTheEndToThoseThatAreThere) {
  const auto a = Join("a", 0);
  Publish("1\n\n");
  window_.Look();
  const auto b = Join("b", 3);
  window_.Close();
  EXPECT_THAT(told_, testing::ElementsAre("b caught up"));
  EXPECT_TRUE(window_.closed());
  a->NextPiece();
  a->Advance(3);
  a->NoteSent();
  EXPECT_THAT(told_, testing::ElementsAre("b caught up", "a caught up"));
}

}  // namespace
}  // namespace sluice
