// SPDX-License-Identifier: Apache-2.0
// Whatever subscribers and services do to shared streams, the memory that it took is given back.
#include <malloc.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/service_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(SLUICE_TSAN)
constexpr bool kCountsMemory = false;  // a sanitizer's allocator keeps what is freed
#else
constexpr bool kCountsMemory = true;
#endif
constexpr int kRounds = kCountsMemory ? 3 : 1;
// What the libraries keep for the next call: pools, the buffers of a connection. Sluice's own logs
// and buffers took several times as much.
constexpr int64_t kMostLeftBytes = 1'000'000;
constexpr int64_t kMostLeftByLargeEvents = 3'000'000;
constexpr char kYaml[] =
    "limits: {topics: 20, close_grace: 100ms}\n"
    "routes: [{selector: demo.v1.Faults.Run, stream: {share: {linger: 50ms, "
    "history: {bytes: 2000000}, reopen: {min: 20ms, max: 100ms}}}}]\n";

int64_t AllocatedBytes() { return static_cast<int64_t>(::mallinfo2().uordblks); }

using Answers = std::vector<std::unique_ptr<HttpAnswer>>;

class Memory : public testing::Test {
 protected:
  std::unique_ptr<HttpAnswer> Open(const std::string& query, const std::string& last_event_id = "",
                                   int receive_buffer_bytes = 0) {
    TestRequest request{.target = "/demo.v1.Faults/Run?" + query};
    if (!last_event_id.empty()) request.headers = {{"Last-Event-ID", last_event_id}};
    return std::make_unique<HttpAnswer>(
        std::make_shared<TcpPeer>(gateway_.port(),
                                  TcpPeer::Options{.receive_buffer_bytes = receive_buffer_bytes}),
        request);
  }

  // The most that it held meanwhile is what a round is measured by.
  void Note() { most_ = std::max(most_, AllocatedBytes()); }

  // Of `round`, the memory that is left when all of its topics are gone.
  template <typename Round>
  void ExpectNothingLeft(Round round, int64_t least_taken, int64_t most_left = kMostLeftBytes) {
    ASSERT_TRUE(Open("size=10&count=1")->NextEvent().has_value());  // a call has been made
    const int64_t before = Settled();
    most_ = before;
    for (int i = 0; i < kRounds && !HasFatalFailure(); ++i) round();
    const int64_t after = Settled();
    if (!kCountsMemory) return;
    EXPECT_GT(most_, before + least_taken) << "the rounds took too little to tell";
    EXPECT_LT(after, before + most_left) << "at most " << most_;
  }

  // When it shrinks no more.
  int64_t Settled() {
    EXPECT_TRUE(Eventually([this] { return !Serves(); }, absl::Seconds(20)));
    int64_t bytes = AllocatedBytes();
    for (int same = 0; same < 10; ++same) {
      absl::SleepFor(absl::Milliseconds(50));
      const int64_t now = AllocatedBytes();
      if (now < bytes) same = 0;
      bytes = std::min(bytes, now);
    }
    return bytes;
  }

  bool Serves() {
    HttpAnswer status(gateway_.ops_port(), {.target = "/status"});
    return absl::StrContains(status.ReadBody(), "demo.v1.Faults/Run");
  }

  int64_t most_ = 0;  // bytes, at a moment that Note saw
  ServiceProcess service_{SLUICE_DEMO_BINARY};
  TestGateway gateway_{{.yaml = kYaml, .target = service_.target()}};
};

TEST_F(Memory, OfSubscribersThatNeverRead) {
  ExpectNothingLeft(
      [this] {
        Answers stalled;
        for (int i = 0; i < 100; ++i) stalled.push_back(Open("size=10000&rate=100", "", 4096));
        const std::unique_ptr<HttpAnswer> reader = Open("size=10000&rate=100");
        reader->KeepNoBody();
        for (int i = 0; i < 200; ++i) ASSERT_TRUE(reader->NextEvent().has_value()) << i;
        Note();
      },
      1'000'000);
}

TEST_F(Memory, OfDifferentStreamsWithoutEnd) {
  ExpectNothingLeft(
      [this] {
        for (int i = 0; i < 60; ++i) {
          const auto answer = Open(absl::StrCat("size=", 20'000 + i, "&rate=100"));
          for (int event = 0; event < 5; ++event) {
            ASSERT_TRUE(answer->NextEvent().has_value()) << i;
          }
          if (i % 10 == 0) Note();
        }
      },
      200'000);
}

TEST_F(Memory, OfIdsOfAnyBytes) {
  ExpectNothingLeft(
      [this] {
        Answers answers;
        for (int i = 0; i < 200; ++i) {
          const std::string id = i % 2 == 0 ? std::string(4000, static_cast<char>('!' + i % 90))
                                            : absl::StrCat("\xff\x80~", i, "\"%00-\t-99");
          answers.push_back(Open("size=10&rate=100", id));
        }
        for (const auto& answer : answers) {
          ASSERT_EQ(answer->NextEvent().value_or(ReceivedEvent{}).name, "stream-open");
        }
        Note();
      },
      100'000);
}

TEST_F(Memory, OfAnEventThatIsLargerThanTheHistory) {
  ExpectNothingLeft(
      [this] {
        const auto answer = Open("size=3000000&count=3&rate=2");
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer->NextEvent().has_value()) << i;
        Note();
      },
      6'000'000, kMostLeftByLargeEvents);
}

TEST_F(Memory, OfAServiceThatIsKilledAndComesBack) {
  ExpectNothingLeft(
      [this] {
        Answers answers;
        for (int i = 0; i < 40; ++i) answers.push_back(Open("size=10000&rate=20"));
        for (const auto& answer : answers) ASSERT_TRUE(answer->NextEvent().has_value());
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(answers.front()->NextEvent().has_value());
        service_.Kill();
        absl::SleepFor(absl::Milliseconds(300));
        Note();
        service_.Start();
        for (const auto& answer : answers) {
          answer->KeepNoBody();
          while (true) {
            const std::optional<ReceivedEvent> event = answer->NextEvent(absl::Seconds(20));
            ASSERT_TRUE(event.has_value());
            if (event->name == "stream-gap") break;
          }
        }
      },
      200'000);
}

TEST_F(Memory, OfAServiceThatFailsAtOnce) {
  ExpectNothingLeft(
      [this] {
        Answers answers;
        for (int i = 0; i < 100; ++i) {
          answers.push_back(Open(absl::StrCat("size=10&fail_after=0&code=14&message=", i)));
        }
        absl::SleepFor(absl::Milliseconds(500));
        Note();
      },
      100'000);
}

}  // namespace
}  // namespace sluice
