// SPDX-License-Identifier: Apache-2.0
// A subscriber that does not keep up with a shared stream gets what the route says; the others and
// the service do not notice.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

constexpr char kTarget[] = "/demo.v1.Faults/Run?rate=600&size=1000";
// What the fast one reads while the slow one does not: much more than history and kernel keep.
constexpr uint64_t kMeanwhile = 2000;

std::string Shared(const std::string& slow) {
  return absl::StrCat("limits: {close_grace: 100ms}\n",
                      "routes: [{selector: demo.v1.Faults.Run, stream: {share: {history: {bytes: "
                      "500000}, slow: ",
                      slow, "}}}]\n");
}

// One that reads and one that has stopped, behind on the same stream.
class SlowConsumer : public testing::Test {
 protected:
  void Begin(const std::string& slow_option) {
    gateway_ = std::make_unique<TestGateway>(TestGateway::Options{.yaml = Shared(slow_option)});
    for (int i = 0; i < 3; ++i) {
      slow_.push_back(std::make_unique<HttpAnswer>(
          std::make_shared<TcpPeer>(gateway_->port(),
                                    TcpPeer::Options{.receive_buffer_bytes = 4096}),
          TestRequest{.target = kTarget}));
      ASSERT_EQ(slow_.back()->status(), 200);
      slow_.back()->KeepNoBody();
    }
    fast_ = std::make_unique<HttpAnswer>(gateway_->port(), TestRequest{.target = kTarget});
    fast_->KeepNoBody();
    ReadFast(kMeanwhile);
  }

  // The fast one misses nothing.
  void ReadFast(uint64_t count) {
    const uint64_t wanted = fast_seen_.events() + count;
    while (fast_seen_.events() < wanted) {
      const std::optional<ReceivedEvent> event = fast_->NextEvent();
      ASSERT_TRUE(event.has_value()) << fast_seen_.events();
      ASSERT_NE(event->name, "stream-error") << event->data;
      fast_seen_.Take(*event);
    }
    ASSERT_EQ(fast_seen_.wrong(), "");
    ASSERT_EQ(gateway_->service().calls("/demo.v1.Faults/Run"), 1);
  }

  std::unique_ptr<TestGateway> gateway_;
  std::vector<std::unique_ptr<HttpAnswer>> slow_;
  std::unique_ptr<HttpAnswer> fast_;
  NumberedEvents fast_seen_;
};

TEST_F(SlowConsumer, IsAskedToComeBackAndResumes) {
  Begin("DISCONNECT");
  for (const auto& answer : slow_) {
    NumberedEvents seen;
    ReceivedEvent last;
    while (const std::optional<ReceivedEvent> event = answer->NextEvent()) {
      seen.Take(*event);
      last = *event;
    }
    EXPECT_EQ(answer->end(), HttpAnswer::End::kOpen);
    EXPECT_EQ(last.name, "stream-error");
    EXPECT_TRUE(absl::EndsWith(last.data, "\"retryable\":true,\"reason\":\"slow_consumer\"}"))
        << last.data;
    EXPECT_EQ(seen.wrong(), "");
    EXPECT_GE(answer->retry_ms().value_or(0), 6000);

    HttpAnswer back(gateway_->port(),
                    {.target = kTarget, .headers = {{"Last-Event-ID", seen.last_id()}}});
    back.KeepNoBody();
    const uint64_t wanted = seen.events() + 200;
    while (seen.events() < wanted) {
      const std::optional<ReceivedEvent> event = back.NextEvent();
      ASSERT_TRUE(event.has_value()) << seen.events() << " of " << wanted;
      ASSERT_NE(event->name, "stream-error") << event->data << seen.events() << " of " << wanted;
      seen.Take(*event);
    }
    EXPECT_EQ(seen.wrong(), "");
    EXPECT_EQ(seen.gaps("not_kept"), 1);
  }
  ReadFast(100);
}

TEST_F(SlowConsumer, SkipsAndIsToldWhat) {
  Begin("SKIP");
  for (const auto& answer : slow_) {
    NumberedEvents seen;
    std::string before;
    int gaps = 0;
    while (gaps == 0 || seen.events() < 500) {
      const std::optional<ReceivedEvent> event = answer->NextEvent();
      ASSERT_TRUE(event.has_value()) << seen.events();
      ASSERT_NE(event->name, "stream-error") << event->data;
      if (event->name == "stream-gap") {
        ++gaps;
        // The id before may be forgotten with its event.
        const std::string rest =
            absl::StrCat(",\"to\":\"", event->last_event_id, "\",\"reason\":\"slow_consumer\"}");
        EXPECT_THAT(event->data, testing::AnyOf(absl::StrCat("{\"from\":\"", before, "\"", rest),
                                                absl::StrCat("{\"from\":null", rest)));
        EXPECT_GT(NumberOf(event->last_event_id), NumberOf(before));
      } else if (event->name == "FaultsEvent" && !before.empty()) {
        // Behind a gap, too: its id is that of the event before.
        EXPECT_EQ(NumberOf(event->last_event_id), NumberOf(before) + 1);
      }
      before = event->last_event_id;
      seen.Take(*event);
    }
    EXPECT_EQ(seen.wrong(), "");
    EXPECT_EQ(answer->end(), HttpAnswer::End::kNotYet);
  }
  ReadFast(100);
}

TEST_F(SlowConsumer, GetsTheNewestOfEachKey) {
  Begin("LATEST, key_field: payload");
  for (const auto& answer : slow_) {
    uint64_t sequence = 0;
    uint64_t events = 0;
    uint64_t longest = 0;
    const uint64_t newest = fast_seen_.sequence();
    while (sequence < newest) {
      const std::optional<ReceivedEvent> event = answer->NextEvent();
      ASSERT_TRUE(event.has_value()) << sequence;
      ASSERT_NE(event->name, "stream-error") << event->data;
      ASSERT_NE(event->name, "stream-gap") << event->data;
      if (event->name != "FaultsEvent") continue;
      ASSERT_GT(SequenceOf(*event), sequence);
      longest = std::max(longest, SequenceOf(*event) - sequence);
      sequence = SequenceOf(*event);
      ++events;
    }
    // What lay in the kernel came first, and then the newest.
    EXPECT_GT(longest, 500u);
    EXPECT_LT(events, newest - 500);
    EXPECT_EQ(answer->end(), HttpAnswer::End::kNotYet);
  }
  ReadFast(100);
}

TEST_F(SlowConsumer, WhoStopsNowAndThenMissesNothingThatIsKept) {
  gateway_ = std::make_unique<TestGateway>(TestGateway::Options{
      .yaml = "routes: [{selector: demo.v1.Faults.Run, stream: {share: {history: {events: 1000000,"
              " bytes: 33554432}}}}]\n"});
  HttpAnswer answer(
      std::make_shared<TcpPeer>(gateway_->port(), TcpPeer::Options{.receive_buffer_bytes = 4096}),
      {.target = kTarget});
  answer.KeepNoBody();
  NumberedEvents seen;
  for (int stop = 0; stop < 8; ++stop) {
    absl::SleepFor(absl::Milliseconds(300));
    for (const uint64_t wanted = seen.events() + 400; seen.events() < wanted;) {
      const std::optional<ReceivedEvent> event = answer.NextEvent();
      ASSERT_TRUE(event.has_value());
      seen.Take(*event);
    }
  }
  EXPECT_EQ(seen.wrong(), "");
  EXPECT_EQ(seen.gaps("reason"), 0);
}

TEST_F(SlowConsumer, WhoNeverReadsCostsNothingForLong) {
  Begin("DISCONNECT");
  slow_.clear();
  fast_.reset();
  EXPECT_TRUE(gateway_->WaitUntilNoStreams(absl::Seconds(20)));
}

}  // namespace
}  // namespace sluice
