// SPDX-License-Identifier: Apache-2.0
// The same model as shared_source_model_test, with loops that run on threads of their own: what is
// looked for is what only happens between two of them. Made for the thread sanitizer.
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/unit/relay/shared/shared_harness.h"
#include "tests/unit/relay/shared/stream_model.h"

namespace sluice {
namespace {

constexpr size_t kLoops = 3;
constexpr size_t kMostOnTheirWay = 40;  // messages that the witness has not got
constexpr size_t kKept = 120;           // so it never loses its place
constexpr int kPatienceMs = 20'000;

// A service whose calls are answered by the test's thread, each on the loop that it belongs to.
class ThreadedService final : public Upstream {
 public:
  std::unique_ptr<Call> Open(CallRequest, Observer& observer, Executor& executor) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    line_ = std::make_shared<Line>(Line{&observer, &executor});
    return std::make_unique<OpenCall>(line_);
  }

  void Tell(size_t padding) {
    Post([this, padding](Observer& observer) {
      const size_t number = told_ + 1;
      // Counted first: who comes when it is counted may get it or not, but none before it.
      told_ = number;
      observer.OnMessage(
          TickBytes(StreamModel::KeyOf(number), StreamModel::TextOf(number, padding)));
    });
  }
  void TellEnd(absl::StatusCode code) {
    Post([code](Observer& observer) { observer.OnEnd({.code = code, .message = "away"}); });
  }
  size_t told() const { return told_; }
  // What was told has arrived, or there was nobody to take it; and there is somebody now.
  bool is_quiet() { return on_their_way_ == 0 && has_call(); }
  bool has_call() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return line_ != nullptr && line_->open;
  }

 private:
  struct Line {
    Observer* observer;  // the loop's; null once the call is gone
    Executor* executor;
    std::atomic<bool> open{true};
    Line(Observer* o, Executor* e) : observer(o), executor(e) {}
    Line(Line&& other) : observer(other.observer), executor(other.executor) {}
  };
  class OpenCall final : public Call {
   public:
    explicit OpenCall(std::shared_ptr<Line> line) : line_(std::move(line)) {}
    ~OpenCall() override {
      line_->observer = nullptr;
      line_->open = false;
    }
    void Release(size_t) override {}

   private:
    const std::shared_ptr<Line> line_;
  };

  void Post(absl::AnyInvocable<void(Observer&)> work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (line_ == nullptr) return;
    ++on_their_way_;
    line_->executor->Post([this, line = line_, work = std::move(work)]() mutable {
      if (line->observer != nullptr) work(*line->observer);
      --on_their_way_;
    });
  }

  std::mutex mutex_;
  std::shared_ptr<Line> line_;
  std::atomic<size_t> told_{0};
  std::atomic<size_t> on_their_way_{0};
};

class RunOnThreads final {
 public:
  RunOnThreads(uint64_t seed, sluice::v1::Share::Slow slow)
      : random_(seed), rules_{.slow = slow, .max_events = kKept}, model_(rules_) {
    sluice::v1::StreamOptions stream;
    const std::string text = absl::StrCat(
        "share { history { events: ", kKept, " } slow: ", sluice::v1::Share::Slow_Name(slow),
        slow == sluice::v1::Share::LATEST ? " key_field: 'id'" : "",
        " presence: true reopen { min { nanos: 2000000 } max { nanos: 9000000 } } }");
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &stream));
    RelayOptions options;
    options.close_grace = absl::Milliseconds(10);
    const auto snapshot = MakeSnapshot({.relay = options, .stream = stream}, service_, metrics_);
    std::vector<TopicDirectory*> directories;
    for (size_t i = 0; i < kLoops; ++i) {
      seats_.push_back(std::make_unique<Seat>(metrics_));
      seats_.back()->relay.UseSnapshot(snapshot);
      directories.push_back(&seats_.back()->relay.directory());
    }
    TopicDirectory::SetPeers(directories);
    for (const auto& seat : seats_) seat->thread = std::thread([&seat] { seat->loop.Run(); });
    witness_ = Connect("", 0);
    while (!service_->has_call()) witness_.tab->WaitMs(1);
  }

  ~RunOnThreads() {
    for (const auto& seat : seats_) seat->loop.Stop();
    for (const auto& seat : seats_) seat->thread.join();
    for (const auto& seat : seats_) seat->pool.reset();
    for (const auto& seat : seats_) seat->loop.RunReady();
  }

  std::string Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Step();
      Read(witness_);
      while (service_->told() > seen_ + kMostOnTheirWay) {
        if (!witness_.tab->WaitMs(kPatienceMs)) return "the witness gets nothing any more";
        Read(witness_);
      }
    }
    return End();
  }

 private:
  struct Seat {
    explicit Seat(Metrics& metrics)
        : relay(loop, metrics, 10),
          pool(std::make_unique<ConnectionPool>(
              loop, metrics, ConnectionPool::Options{},
              [this](std::unique_ptr<Exchange> exchange) { relay.Serve(std::move(exchange)); })) {}

    MonotonicClock clock;
    Loop loop{clock};
    Relay relay;
    std::unique_ptr<ConnectionPool> pool;
    std::thread thread;
  };
  struct Browser {
    std::unique_ptr<Tab> tab;
    StreamModel::Visitor visitor;
  };

  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  void Step() {
    const size_t die = Below(100);
    if (die < 55) {
      for (size_t i = Below(6); i > 0; --i) service_->Tell(Below(900));
    } else if (die < 80) {
      if (Browser* browser = AnyOpen()) Read(*browser, Below(8000));
    } else if (die < 92) {
      if (browsers_.size() < 60) browsers_.push_back(Connect(ChooseId(), 4096));
    } else if (die < 97) {
      Browser* browser = AnyOpen();
      if (browser == nullptr) return;
      browser->visitor.left = true;
      browser->tab->Leave();
    } else if (die == 97) {
      service_->TellEnd(absl::StatusCode::kUnavailable);
    }
  }

  Browser Connect(const std::string& id, int send_buffer_bytes) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    if (send_buffer_bytes > 0) {
      ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof(send_buffer_bytes));
    }
    Browser browser{.tab = std::make_unique<Tab>(Fd(ends[0]))};
    browser.visitor.id = id;
    browser.visitor.told_before = service_->told();
    browser.tab->Send(absl::StrCat("GET /t.Feed/Watch HTTP/1.1\r\nHost: x\r\n",
                                   id.empty() ? "" : absl::StrCat("Last-Event-ID: ", id, "\r\n"),
                                   "\r\n"));
    Seat& seat = *seats_[Below(kLoops)];
    seat.loop.Post([&seat, fd = Fd(ends[1])]() mutable { seat.pool->Adopt(std::move(fd), "::1"); });
    return browser;
  }

  std::string ChooseId() {
    const size_t die = Below(5);
    if (die == 0) return "";
    if (die == 1) return "other-7";
    const std::vector<std::string> ids = StreamModel::IdsIn(witness_.visitor.body);
    return ids.empty() ? "" : ids[ids.size() - 1 - Below(std::min<size_t>(ids.size(), 200))];
  }

  Browser* AnyOpen() {
    std::vector<Browser*> open;
    for (Browser& browser : browsers_) {
      if (!browser.visitor.left && !browser.tab->at_end()) open.push_back(&browser);
    }
    return open.empty() ? nullptr : open[Below(open.size())];
  }

  size_t Read(Browser& browser, size_t most_bytes = size_t{1} << 30) {
    const size_t taken = browser.tab->Take(most_bytes);
    const std::string body = browser.tab->Body();
    browser.visitor.body += body;
    if (&browser == &witness_) {
      for (size_t at = body.find("event: Tick"); at != std::string::npos;
           at = body.find("event: Tick", at + 1)) {
        ++seen_;
      }
    }
    return taken;
  }

  // The service ends the stream, or the gateway does.
  std::string End() {
    while (!service_->is_quiet()) {
      witness_.tab->WaitMs(1);
      Read(witness_);
    }
    if (Below(2) == 0) {
      service_->TellEnd(absl::StatusCode::kOk);
    } else {
      while (seen_ < service_->told()) {
        if (!witness_.tab->WaitMs(kPatienceMs)) return "the witness gets no end";
        Read(witness_);
      }
      for (const auto& seat : seats_) {
        seat->loop.Post([&seat] { seat->relay.Drain(absl::ZeroDuration()); });
      }
    }
    if (!ReadToTheEnd(witness_)) return "the witness gets no end";
    std::string wrong = model_.SetHistory(witness_.visitor.body, service_->told());
    for (size_t i = 0; i < browsers_.size() && wrong.empty(); ++i) {
      Browser& browser = browsers_[i];
      if (browser.visitor.left) continue;
      const bool ended = ReadToTheEnd(browser);
      if (!ended) wrong = "it gets no end";
      if (ended && wrong.empty()) wrong = model_.Check(browser.visitor);
      if (!wrong.empty()) wrong = absl::StrCat("browser ", i, ": ", wrong);
    }
    return wrong;
  }

  bool ReadToTheEnd(Browser& browser) {
    while (!browser.tab->complete() && !browser.tab->at_end()) {
      if (!browser.tab->WaitMs(kPatienceMs)) return false;
      Read(browser);
    }
    const std::string& body = browser.visitor.body;
    // One that did not take all of its goodbye in time was broken off.
    if (!absl::StrContains(body, "event: stream-e")) browser.visitor.left = true;
    return true;
  }

  std::mt19937_64 random_;
  const StreamModel::Rules rules_;
  StreamModel model_;
  Metrics metrics_;
  std::shared_ptr<ThreadedService> service_ = std::make_shared<ThreadedService>();
  std::vector<std::unique_ptr<Seat>> seats_;
  Browser witness_;
  size_t seen_ = 0;
  std::vector<Browser> browsers_;
};

TEST(SharedStreamThreads, OweEveryBrowserARunOfOneListAndAGapForTheRest) {
  uint64_t seed = 0;
  for (const auto slow :
       {sluice::v1::Share::DISCONNECT, sluice::v1::Share::SKIP, sluice::v1::Share::LATEST}) {
    for (int i = 0; i < 2; ++i) {
      RunOnThreads run(++seed, slow);
      ASSERT_EQ(run.Run(1500), "") << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace sluice
