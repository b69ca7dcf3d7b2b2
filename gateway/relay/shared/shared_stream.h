// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/loop/weak_self.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/exchange.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/failure/failure_streak.h"
#include "gateway/relay/own_events.h"
#include "gateway/relay/request_record.h"
#include "gateway/relay/shared/topic_directory.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// One browser of a shared stream: a place in a topic's log, and the events that are its own.
//
// In ⇒ Out:  the topic's window, and what happens to it ⇒ a body that the exchange sends.
// Bounds:    a browser that is behind costs its place and what is left of one piece; what happens
//            when the log has forgotten the place is the route's choice (`share.slow`).
// Ownership: ends by calling `done`.
// Threads:   its loop's.
class SharedStream final {
 public:
  struct Request {
    std::shared_ptr<const Snapshot> snapshot;
    const RoutePlan* plan = nullptr;  // of the snapshot
    Format format = Format::kSse;
    BuiltCall built;
    ResponseHead head;  // of a stream that opens
    RequestRecord::Place place;
  };

  // What one loop's shared streams have in common.
  struct LoopServices {
    Loop& loop;
    EventScratch& scratch;
    TopicDirectory& directory;
    RefusalCounters& refusals;
    // Called once, from a turn of its own; it is to destroy the stream, later.
    absl::AnyInvocable<void(SharedStream*)> done;
  };

  // All that it refers to must outlive the stream.
  SharedStream(Request request, std::unique_ptr<Exchange> exchange, LoopServices& services);
  ~SharedStream();
  SharedStream(const SharedStream&) = delete;
  SharedStream& operator=(const SharedStream&) = delete;

  // Asks for a place. `done` may be called from now on, but not from inside.
  void Start();

  // Says goodbye: one `stream-error` with `reason`, then an open end, so that the browser comes
  // back.
  void SayGoodbye(absl::string_view reason, absl::string_view message);

 private:
  enum class State : uint8_t {
    kWaiting,  // the head is not committed
    kOpen,     // events go out
    kEnding,   // the terminal event is in the body; the open end waits for its grace
    kEnded,    // the body is closed
  };
  // What only a stream that has not begun needs.
  struct Opening {
    BuiltCall built;
    ResponseHead head;
    LogStart start;
    uint64_t ticket = 0;  // at the window
    bool grace_over = false;
    bool beat_after_head = false;  // the browser closed its sending side before the head
  };

  void OnPlaced(TopicDirectory::Place place);
  void OnSettled();
  void CommitHead();
  void StartBody(ResponseHead head);
  void FindPlaceAgain(LogStart& start);
  void GoOnAt(uint64_t position);
  void OnAttention(Body::Need need);
  void OnLost();
  void SkipAhead();
  void TellGap(absl::string_view from, absl::string_view to, absl::string_view reason);
  void CatchUp();
  void OnNewest(LatestEvents::Batch batch);
  void OnTopicEnd();
  void Fail(StreamFailure failure, absl::string_view last_id);
  int TimesInARow(absl::string_view last_id) {
    return streak_.Failed({last_id, absl::ZeroDuration()}, services_.loop.clock().Now());
  }
  void RefuseBeforeHead(const StreamFailure& failure);
  void EndOpen();
  void EndClean();
  void ArmTimer(absl::Duration delay);
  void OnTimer();
  void OnExchange(Exchange::Event event);
  void OnHalfClosed();
  void OnGone();
  void Finish();
  void CloseRecord();
  OwnEvents own_events() const;
  const StreamPolicy& policy() const { return plan_.route.policy; }
  bool conflates() const { return policy().share->slow == sluice::v1::Share::LATEST; }

  const std::shared_ptr<const Snapshot> snapshot_;
  const RoutePlan& plan_;
  LoopServices& services_;
  FailureStreak streak_;
  std::unique_ptr<Opening> opening_;  // null once the head is committed
  std::shared_ptr<TopicWindow> window_;
  Subscription subscription_;
  Body body_;
  std::unique_ptr<Exchange> exchange_;
  RequestRecord record_;          // after exchange_, whose request it reads
  std::unique_ptr<Timer> timer_;  // of the state: open grace, close grace
  std::unique_ptr<Timer> max_age_;
  uint64_t behind_at_ = 0;  // of a LATEST stream that is catching up: go on from here
  // Of a SKIP stream that has lost its place: the id that it sent last. Few ever need it.
  std::unique_ptr<std::string> skipped_from_;
  const Format format_;
  State state_ = State::kWaiting;
  bool done_ = false;
  WeakSelf<SharedStream> weak_self_;
};

}  // namespace sluice
