// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/loop/fd.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/connection_pool.h"
#include "gateway/relay/relay.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/upstream.h"
#include "tests/support/fake_clock.h"

namespace sluice {

// A service that does what the test says, and remembers what it was asked.
class FakeUpstream final : public Upstream {
 public:
  struct Opened {
    CallRequest request;
    Observer* observer = nullptr;  // null once the call is gone
    size_t released_bytes = 0;
  };

  std::unique_ptr<Call> Open(CallRequest request, Observer& observer, Executor& executor) override;

  const std::vector<std::unique_ptr<Opened>>& calls() const { return calls_; }
  Opened& newest() { return *calls_.back(); }

 private:
  std::vector<std::unique_ptr<Opened>> calls_;
};

// A snapshot whose service is `t.Feed`: `rpc Watch(Ask) returns (stream Tick)`, `rpc Get(Ask)
// returns (Tick)` and `rpc Find(Place) returns (Tick)`, `message Place {string last_event_id =
// 1;}`, `message Ask {int64 after = 1; string name = 2;}`, `message Tick {string id = 1; string
// text = 2; oneof held {google.api.HttpBody page = 3;}}`.
struct SnapshotSettings {
  RelayOptions relay;
  sluice::v1::StreamOptions stream;  // of Watch
  std::vector<std::string> forward_headers = {};
  std::vector<std::string> query_metadata = {};
  std::vector<std::string> pending;
  BrowserPaths paths = {};
  std::shared_ptr<SchemaDoubt> doubt = nullptr;  // of the service
};
std::shared_ptr<const Snapshot> MakeSnapshot(const SnapshotSettings& settings,
                                             std::shared_ptr<Upstream> service, Metrics& metrics);

// A Tick on the wire.
std::string TickBytes(const std::string& id, const std::string& text);
// One that holds a page of text.
std::string PageBytes(const std::string& content_type, const std::string& text);

// A relay on a loop with a clock that stands still, between a fake service and a browser at the
// other end of a socketpair.
class RelayHarness final {
 public:
  using Settings = SnapshotSettings;

  RelayHarness() : RelayHarness(Settings{}) {}
  explicit RelayHarness(Settings settings);
  ~RelayHarness();

  // From now on it is another browser that asks.
  void Connect();
  // Sends a request and turns the loop.
  void Send(const std::string& bytes);
  void Get(const std::string& target, const std::string& more_headers = "");

  // All that the browser has got since the last call.
  std::string Got();
  // True once the gateway has closed its side.
  bool AtEnd();

  // What the service does; each turns the loop.
  void TellHeaders();
  void TellTick(const std::string& id, const std::string& text);
  void TellBytes(const std::string& wire);
  void TellEnd(RpcStatus status);

  void Turn();
  void Pass(absl::Duration time);  // moves the clock and turns the loop
  void CloseSendingSide();
  void Leave();

  FakeUpstream& service() { return *service_; }
  Relay& relay() { return *relay_; }
  Metrics& metrics() { return metrics_; }
  void SetReady(bool ready) { ready_ = ready; }

 private:
  FakeClock clock_;
  Metrics metrics_;
  std::atomic<bool> ready_ = false;
  Loop loop_{clock_};
  std::shared_ptr<FakeUpstream> service_ = std::make_shared<FakeUpstream>();
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<ConnectionPool> pool_;
  Fd browser_;
  bool at_end_ = false;
};

}  // namespace sluice
