// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "absl/time/time.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/exchange.h"
#include "gateway/http/refusal.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/event_scratch.h"
#include "gateway/relay/gates/gates.h"
#include "gateway/relay/paced_calls.h"
#include "gateway/relay/request_record.h"
#include "gateway/relay/retry_later_answer.h"
#include "gateway/relay/roster.h"
#include "gateway/relay/shared/topic_directory.h"
#include "gateway/relay/snapshot.h"
#include "gateway/relay/stream.h"
#include "gateway/relay/unary_call.h"

namespace sluice {

// Serves the requests of one loop: says how the process is, finds the route, refuses what cannot be
// served, and keeps what is being served.
//
// Threads: its loop's. The loop must not run after the relay is gone.
// Errors:  a request that is refused is answered, and counted as `relay_refused{reason}`.
class Relay final {
 public:
  // `loop` and `metrics` must outlive the relay. `max_topics` are the shared streams that this loop
  // has at a time.
  Relay(Loop& loop, Metrics& metrics, size_t max_topics);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // What is said at the path for health. Without this the process is never ready. `ready` must
  // outlive the relay.
  void AnswerHealthBy(const std::atomic<bool>& ready) { ready_ = &ready; }

  // Requests from now on are served by `snapshot`; those that run go on as they began.
  void UseSnapshot(std::shared_ptr<const Snapshot> snapshot);

  // REQUIRES: UseSnapshot was called.
  void Serve(std::unique_ptr<Exchange> exchange);

  // Says goodbye to every stream, evenly spread over `window`, and from now on to every request.
  void Drain(absl::Duration window);

  LoopMeter& meter() { return meter_; }

  // Where its shared streams find their topic; see TopicDirectory::SetPeers.
  TopicDirectory& directory() { return directory_; }

  // Requests that are being served.
  size_t active() const { return streams_.size() + calls_.size() + goodbyes_.size(); }

 private:
  // A request on its way to being served.
  struct Incoming {
    std::unique_ptr<Exchange> exchange;
    std::shared_ptr<const Snapshot> snapshot;
    IncomingRequest read;
  };

  bool IsAnswered(Incoming& incoming, Verdict verdict);
  void AnswerHealth(Incoming& incoming);
  void AnswerEndedStream(Incoming& incoming);
  void Open(Incoming& incoming);
  void OpenStream(Incoming& incoming, BuiltCall built);
  void Refuse(Incoming& incoming, const Refusal& refusal);
  // Of what is transient, to a request that asked for SSE: inside of a 200.
  void TurnAway(Incoming& incoming, const Refusal& refusal);
  RequestRecord::Place RecordPlace(RequestRecord::Call call);
  void CountRefused(const Incoming& incoming, RefusalReason reason, int http_status);

  Loop& loop_;
  LoopMeter& meter_;
  Counter& ended_streams_;
  RefusalCounters refused_;
  EventScratch scratch_;
  std::shared_ptr<const Snapshot> snapshot_;
  bool draining_ = false;
  const std::atomic<bool>* ready_ = nullptr;
  TopicDirectory directory_;
  Roster<Stream> streams_;
  Stream::LoopServices services_;
  Roster<UnaryCall> calls_;
  Roster<RetryLaterAnswer> goodbyes_;
  PacedCalls goodbye_pace_;
};

}  // namespace sluice
