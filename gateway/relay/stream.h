// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/loop.h"
#include "gateway/edge/exchange.h"
#include "gateway/http/refusal.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/event_scratch.h"
#include "gateway/relay/failure/failure_streak.h"
#include "gateway/relay/own_events.h"
#include "gateway/relay/private_source.h"
#include "gateway/relay/request_record.h"
#include "gateway/relay/shared/shared_source.h"
#include "gateway/relay/shared/topic_directory.h"
#include "gateway/relay/snapshot.h"

namespace sluice {

// One browser's stream, from the request to its end: opens, goes on, ends. Where its events come
// from is its source's business: an RPC of its own, or a place in a topic.
//
// In ⇒ Out:  what the source says (Open, End, Fail), what the exchange and the clock say ⇒ a body,
//            with Sluice's own events in it. The source appends the service's.
// Bounds:    the source's. The request is kept until the head is out.
// Ownership: owns its source. Ends by calling `done`.
// Threads:   its loop's.
class Stream final {
 public:
  struct Request {
    std::shared_ptr<const Snapshot> snapshot;
    const RoutePlan* plan = nullptr;  // of the snapshot; it says which source
    Format format = Format::kSse;
    BuiltCall built;
    ResponseHead head;  // of a stream that opens
    RequestRecord::Place place;
  };

  // What one loop's streams have in common.
  struct LoopServices {
    Loop& loop;
    EventScratch& scratch;
    TopicDirectory& directory;
    RefusalCounters& refusals;
    // Called once, from a turn of its own; it is to destroy the stream, later.
    absl::AnyInvocable<void(Stream*)> done;
  };

  // All that it refers to must outlive the stream.
  Stream(Request request, std::unique_ptr<Exchange> exchange, LoopServices& services);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Asks its source for events. `done` may be called from now on, but not from inside.
  void Start();

  // Says goodbye: one `stream-error` with `reason`, then an open end, so that the browser comes
  // back.
  void SayGoodbye(absl::string_view reason, absl::string_view message);

  // ---- For its source ----

  enum class State : uint8_t {
    kWaiting,  // the head is not committed
    kOpen,     // events go out
    kEnding,   // the terminal event is in the body; the open end waits for its grace
    kEnded,    // the body is closed, or there is none
  };
  State state() const { return state_; }

  // The head and `stream-open` go out, with what follows that at once. REQUIRES: kWaiting.
  struct Opened {
    Resume resume = Resume::kFresh;
    absl::string_view id;      // that the browser is to hold from now on; empty: as before
    absl::string_view events;  // of Sluice's own; whole frames
  };
  void Open(const Opened& opened);

  // The source has ended well; `at` is where, and how long it lasted. REQUIRES: kOpen. The source
  // is stopped from inside, as by Fail.
  void End(const FailureStreak::End& at);
  // It has failed. REQUIRES: kWaiting or kOpen.
  void Fail(StreamFailure failure, const FailureStreak::End& at);

  // A sign of life. REQUIRES: kOpen.
  void Beat();
  // OnTimer of the source is called. REQUIRES: kOpen.
  void ArmTimer(absl::Duration delay);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  const RoutePlan& plan() const { return record_.plan(); }
  const StreamPolicy& policy() const { return plan().route.policy; }
  Format format() const { return format_; }
  LoopServices& services() const { return services_; }
  absl::Time Now() const { return services_.loop.clock().Now(); }
  // REQUIRES: kWaiting.
  BuiltCall& built() { return opening_->built; }
  // Null once the head is committed.
  SharedSource::Opening* shared_opening() {
    return opening_ == nullptr ? nullptr : &opening_->shared;
  }
  Body& body() { return body_; }
  RequestRecord& record() { return record_; }
  OwnEvents own_events() const;

 private:
  // What only a stream that has not begun needs.
  struct Opening {
    BuiltCall built;
    ResponseHead head;
    SharedSource::Opening shared;
    bool beat_after_head = false;  // the browser closed its sending side before the head
  };

  template <typename Ask>
  void AskSource(Ask ask);
  void StartBody();
  void RefuseBeforeHead(const StreamFailure& failure);
  int TimesInARow(const FailureStreak::End& at) {
    return streak_.Failed(snapshot_->retries(), at, Now());
  }
  void EndOpen();
  void EndClean();
  void OnTimer();
  void OnAttention(Body::Need need);
  void OnExchange(Exchange::Event event);
  void OnHalfClosed();
  void OnGone();
  void Finish();
  void CloseRecord();

  // As small as it can be: there is one for each of ten thousand subscribers.
  const std::shared_ptr<const Snapshot> snapshot_;
  LoopServices& services_;
  FailureStreak streak_;
  std::unique_ptr<Opening> opening_;  // null once the head is committed
  Body body_;
  std::unique_ptr<Exchange> exchange_;
  RequestRecord record_;          // after exchange_, whose request it reads
  std::unique_ptr<Timer> timer_;  // of the state: open grace, the source's, close grace
  std::unique_ptr<Timer> max_age_;
  const Format format_;
  State state_ = State::kWaiting;
  bool done_ = false;
  // Private ones are larger, and there are fewer of them.
  std::variant<std::unique_ptr<PrivateSource>, SharedSource> source_;
};

}  // namespace sluice
