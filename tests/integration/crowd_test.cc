// SPDX-License-Identifier: Apache-2.0
// Two thousand subscribers of every speed on one stream, whose service is killed twice: each gets
// its own events, all of them, in order.
#include <algorithm>
#include <map>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/http_answer.h"
#include "tests/support/numbered_events.h"
#include "tests/support/service_process.h"
#include "tests/support/test_gateway.h"

namespace sluice {
namespace {

// As many as the one thread that reads for all of them can serve in time, on a busy machine as
// well.
#if defined(SLUICE_TSAN)
constexpr int kSubscribers = 60;
#elif defined(__SANITIZE_ADDRESS__)
constexpr int kSubscribers = 150;
#else
constexpr int kSubscribers = 2000;
#endif
constexpr absl::Duration kPhase = absl::Seconds(4);
// Less than the time that the history spans.
constexpr absl::Duration kWithinHistory = absl::Seconds(2);
constexpr char kTarget[] = "/demo.v1.Faults/Run?rate=10&size=1000";

// One browser, which comes back as browsers do, but at once.
class Member final {
 public:
  enum class Pace {
    kSteady,    // reads what there is, always
    kLazy,      // now and then
    kSleeper,   // stops for seconds, with little room in its kernel
    kTraveller  // leaves now and then, and comes back at once or too late
  };

  Member(int port, int number) : port_(port), pace_(static_cast<Pace>(number % 4)) {
    if (number % 8 < 4) pace_ = Pace::kSteady;
    Connect();
  }

  Pace pace() const { return pace_; }
  const NumberedEvents& seen() const { return seen_; }

  // Reads what has come by now.
  void Turn(absl::BitGen& random) {
    const absl::Time now = absl::Now();
    if (now < asleep_until_) return;
    if (answer_ == nullptr) Connect();
    if (pace_ == Pace::kLazy && absl::Bernoulli(random, 0.9)) return;
    ReadAll();
    if (pace_ == Pace::kSleeper && absl::Bernoulli(random, 0.1)) {
      asleep_until_ = now + absl::Milliseconds(absl::Uniform(random, 1000, 8000));
    }
    if (pace_ == Pace::kTraveller && absl::Bernoulli(random, 0.02)) {
      answer_.reset();
      if (absl::Bernoulli(random, 0.2)) asleep_until_ = now + absl::Seconds(4);
    }
  }

  // Reads what there is, whatever its pace; true if it has the event of this number, or a later
  // one.
  bool Reaches(uint64_t number) {
    if (answer_ == nullptr) Connect();
    ReadAll();
    return NumberOf(seen_.last_id()) >= number;
  }

  // Where it stands, for people.
  std::string Shown() {
    return absl::StrCat("pace ", static_cast<int>(pace_), ", last id ", seen_.last_id(),
                        ", events ", seen_.events(), ", opened ", seen_.opened(), ", status ",
                        answer_->status(absl::ZeroDuration()), ", end ",
                        static_cast<int>(answer_->end()));
  }

 private:
  void Connect() {
    TestRequest request{.target = kTarget};
    if (!seen_.last_id().empty()) request.headers = {{"Last-Event-ID", seen_.last_id()}};
    const bool sleeper = pace_ == Pace::kSleeper;
    answer_ = std::make_unique<HttpAnswer>(
        std::make_shared<TcpPeer>(port_,
                                  TcpPeer::Options{.receive_buffer_bytes = sleeper ? 4096 : 0}),
        request);
    answer_->KeepNoBody();
  }

  void ReadAll() {
    while (true) {
      const std::optional<ReceivedEvent> event = answer_->NextEvent(absl::ZeroDuration());
      if (!event.has_value() && answer_->end() == HttpAnswer::End::kNotYet) return;
      Take(event);
    }
  }

  void Take(const std::optional<ReceivedEvent>& event) {
    if (event.has_value()) return seen_.Take(*event);
    if (answer_->end() != HttpAnswer::End::kNotYet) Connect();
  }

  const int port_;
  Pace pace_;
  NumberedEvents seen_;
  std::unique_ptr<HttpAnswer> answer_;
  absl::Time asleep_until_ = absl::InfinitePast();
};

class Crowd : public testing::TestWithParam<const char*> {
 protected:
  void Run(TestGateway& gateway, std::vector<std::unique_ptr<Member>>& members,
           absl::Duration duration) {
    const absl::Time end = absl::Now() + duration;
    while (absl::Now() < end) {
      const absl::Time begin = absl::Now();
      for (const auto& member : members) member->Turn(random_);
      longest_turn_ = std::max(longest_turn_, absl::Now() - begin);
      absl::SleepFor(absl::Milliseconds(1));
    }
    for (const auto& member : members) ASSERT_EQ(member->seen().wrong(), "");
    ASSERT_EQ(gateway.server().metrics().Value("edge_refused", "too_many_connections"), 0u);
  }

  absl::BitGen random_;
  absl::Duration longest_turn_;
};

TEST_P(Crowd, EachGetsItsOwnWhateverHappens) {
  ServiceProcess service(SLUICE_DEMO_BINARY);
  TestGateway gateway({.yaml = absl::StrCat(
                           "limits: {close_grace: 100ms}\n"
                           "routes: [{selector: demo.v1.Faults.Run, stream: {heartbeat: 1s, share: "
                           "{linger: 200ms, history: {bytes: 30000}, reopen: {min: 100ms, max: "
                           "500ms}, slow: ",
                           GetParam(), "}}}]\n"),
                       .target = service.target()});
  { HttpAnswer(gateway.port(), {.target = kTarget}).NextEvent(); }
  const int descriptors = OpenDescriptors();
  std::vector<std::unique_ptr<Member>> members;
  for (int i = 0; i < kSubscribers; ++i) {
    members.push_back(std::make_unique<Member>(gateway.port(), i));
    if (i % 100 == 99) Run(gateway, members, absl::Milliseconds(20));
  }
  ASSERT_NO_FATAL_FAILURE(Run(gateway, members, kPhase));
  for (int kill = 0; kill < 2; ++kill) {
    service.Kill();
    ASSERT_NO_FATAL_FAILURE(Run(gateway, members, kPhase / 4));
    service.Start();
    ASSERT_NO_FATAL_FAILURE(Run(gateway, members, kPhase));
  }

  uint64_t newest = 0;
  for (const auto& member : members) {
    newest = std::max(newest, NumberOf(member->seen().last_id()));
  }
  std::map<std::string, int> epochs;
  int fell_behind = 0;
  EXPECT_TRUE(Eventually(
      [&] {
        size_t there = 0;
        const absl::Time begin = absl::Now();
        for (const auto& member : members) there += member->Reaches(newest) ? 1 : 0;
        longest_turn_ = std::max(longest_turn_, absl::Now() - begin);
        return there == members.size();
      },
      absl::Seconds(20)));
  for (const auto& member : members) {
    ASSERT_TRUE(member->Reaches(newest)) << member->Shown() << ", newest " << newest;
    EXPECT_EQ(member->seen().wrong(), "");
    ++epochs[EpochOf(member->seen().last_id())];
    fell_behind += member->seen().gaps("not_kept") + member->seen().gaps("slow_consumer");
    // Where the machine was too busy to read in time, even these were slow.
    if (member->pace() != Member::Pace::kSteady || longest_turn_ > kWithinHistory) continue;
    // Who reads is never disconnected, misses nothing, and is told of each kill once.
    EXPECT_EQ(member->seen().opened(), 1);
    EXPECT_EQ(member->seen().gaps("reopened"), 2);
    EXPECT_EQ(member->seen().gaps("reason"), 2);
  }
  EXPECT_EQ(epochs.size(), 1u);
  EXPECT_GT(fell_behind, 0);

  members.clear();
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() <= descriptors; }, absl::Seconds(10)))
      << OpenDescriptors() << " now, before " << descriptors;
}

INSTANTIATE_TEST_SUITE_P(, Crowd, testing::Values("DISCONNECT", "SKIP"),
                         [](const auto& choice) { return std::string(choice.param); });

}  // namespace
}  // namespace sluice
