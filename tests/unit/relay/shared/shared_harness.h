// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/loop/fd.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/connection_pool.h"
#include "gateway/relay/relay.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/relay/relay_harness.h"

namespace sluice {

// A browser's end of a connection, and what it has got so far.
class Tab final {
 public:
  explicit Tab(Fd fd) : fd_(std::move(fd)) {}

  void Send(const std::string& bytes);
  // Takes at most that many bytes of what there is; returns how many.
  size_t Take(size_t max_bytes);
  // Waits until something comes; false if nothing does.
  bool WaitMs(int milliseconds);

  // Of what was taken: the body since the last call, out of its chunks and without the numbers of
  // `retry:`, which are random.
  std::string Body();
  const std::string& head();                   // empty while it is not complete
  bool complete() const { return complete_; }  // the last chunk came
  bool at_end() const { return at_end_; }      // the gateway closed its side
  bool broken() const { return broken_; }      // what came is no chunk

  void CloseSendingSide();
  void Leave() { fd_.Close(); }

 private:
  void ReadChunks();

  Fd fd_;
  std::string wire_;  // not looked at yet
  std::string head_;
  std::string body_;
  bool complete_ = false;
  bool at_end_ = false;
  bool broken_ = false;
};

// Relays on loops whose clock stands still, as in a gateway, between a fake service and any number
// of browsers. Everything runs on the test's thread.
class SharedHarness final {
 public:
  struct Size {
    size_t loops = 1;
    size_t max_topics = 100;                        // of each loop
    std::vector<std::string> forward_headers = {};  // empty: those of every shared route
  };
  // `stream` is in text format: `share {}`.
  explicit SharedHarness(const std::string& stream) : SharedHarness(stream, Size{}) {}
  SharedHarness(const std::string& stream, Size size);
  ~SharedHarness();

  struct Visit {
    std::string target = "/t.Feed/Watch";
    std::string headers;  // each with its line end
    size_t loop = 0;
    int send_buffer_bytes = 0;
    const char* version = "1.1";
    const char* verb = "GET";
    std::string body = {};  // what `headers` say of it is not added
  };
  // A browser that asks; Open turns the loops, too.
  std::unique_ptr<Tab> Connect(const Visit& visit);
  std::unique_ptr<Tab> Open(const Visit& visit);
  std::unique_ptr<Tab> Open() { return Open(Visit{}); }
  std::unique_ptr<Tab> OpenWithId(const std::string& last_event_id);

  // Everything that there is for it, whatever turns it takes.
  std::string Got(Tab& tab);

  // What the service does, on its newest call; each turns the loops.
  void TellHeaders();
  void Tell(const std::string& text) { TellTick("i", text); }
  void TellTick(const std::string& id, const std::string& text);
  void TellBytes(const std::string& wire);
  void TellEnd(RpcStatus status);
  bool has_call() { return !calls().empty() && service_->newest().observer != nullptr; }
  const std::vector<std::unique_ptr<FakeUpstream::Opened>>& calls() { return service_->calls(); }

  void Turn();
  void Pass(absl::Duration time);
  void Drain();
  size_t active();  // requests that are served
  size_t home();    // the loop where the only topic lives
  Loop& loop(size_t i) { return seats_[i]->loop; }
  TopicDirectory& directory(size_t i) { return seats_[i]->relay->directory(); }
  FakeUpstream& service() { return *service_; }
  Metrics& metrics() { return metrics_; }

 private:
  struct Seat {
    explicit Seat(const Clock& clock) : loop(clock) {}
    Loop loop;
    std::unique_ptr<Relay> relay;
    std::unique_ptr<ConnectionPool> pool;
  };

  FakeClock clock_;
  Metrics metrics_;
  std::shared_ptr<FakeUpstream> service_ = std::make_shared<FakeUpstream>();
  std::vector<std::unique_ptr<Seat>> seats_;
};

// The id in the last event of `body`; empty if it has none.
std::string LastIdOf(const std::string& body);

}  // namespace sluice
