// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/loop.h"
#include "gateway/edge/exchange.h"
#include "gateway/relay/call_builder.h"
#include "gateway/relay/failure/failure_streak.h"
#include "gateway/relay/request_record.h"
#include "gateway/relay/snapshot.h"
#include "gateway/relay/stream_writer.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// One browser, one streaming RPC, and the body between them.
//
// In ⇒ Out:  messages of the service ⇒ events in the body, which the exchange sends.
// Bounds:    what the browser has not taken is bounded by `stream_buffer_bytes` and by what the
//            upstream's window lets follow; then the RPC is not read any more, and the service
//            waits. Nothing is dropped. The request is kept until the head is out.
// Ownership: ends by calling `done`, which is to destroy it, later.
// Threads:   its loop's.
class PrivateStream final : public Upstream::Observer {
 public:
  struct Request {
    std::shared_ptr<const Snapshot> snapshot;
    const RoutePlan* plan = nullptr;  // of the snapshot
    Format format = Format::kSse;
    BuiltCall built;
    ResponseHead head;  // of a stream that opens
    RequestRecord::Place place;
  };

  // `loop` and `scratch` must outlive the stream. `done` is called once.
  PrivateStream(Request request, std::unique_ptr<Exchange> exchange, Loop& loop,
                EventScratch& scratch);
  ~PrivateStream() override;

  // Opens the RPC. `done` may be called from now on, but not from inside.
  void Start(absl::AnyInvocable<void(PrivateStream*)> done);

  // Says goodbye: one `stream-error` with `reason`, then an open end, so that the browser comes
  // back.
  void SayGoodbye(absl::string_view reason, absl::string_view message);

  void OnHeaders() override;
  void OnMessage(absl::string_view wire) override;
  void OnEnd(const RpcStatus& status) override;

 private:
  enum class State {
    kWaiting,  // the head is not committed
    kOpen,     // events go out
    kEnding,   // the terminal event is in the body; the open end waits for its grace
    kEnded,    // the body is closed
  };

  void CommitHead();
  void StartBody();
  // True if the event is in the body, or a gap in its place.
  bool AppendEvent(absl::string_view wire);
  // Bytes written.
  absl::StatusOr<size_t> WriteEvent(absl::string_view wire);
  bool SkipUnreadable(const absl::Status& fault);
  void NoteAccepted();
  int TimesInARow();
  void EndWell();
  void Fail(StreamFailure failure);
  void RefuseBeforeHead(const StreamFailure& failure);
  StreamFailure FailureOf(const RpcStatus& status) const;
  void EndOpen();
  void EndClean();
  void OnTimer();
  void OnAttention(Body::Need need);
  void OnExchange(Exchange::Event event);
  void OnHalfClosed();
  void OnGone();
  void Finish();
  void BeatIfSilent();
  void ReleaseWhatFits();
  const StreamPolicy& policy() const { return plan_.route.policy; }

  const std::shared_ptr<const Snapshot> snapshot_;
  const RoutePlan& plan_;
  const Format format_;
  FailureStreak streak_;
  BuiltCall built_;
  ResponseHead head_;
  Loop& loop_;
  EventScratch& scratch_;
  absl::AnyInvocable<void(PrivateStream*)> done_;

  Body body_;
  StreamWriter writer_;
  std::unique_ptr<Exchange> exchange_;
  RequestRecord record_;  // after exchange_, whose request it reads
  Timer timer_;           // of the state: open grace, heartbeat, close grace
  std::optional<Timer> max_age_;
  std::unique_ptr<Upstream::Call> call_;

  State state_ = State::kWaiting;
  bool beat_after_head_ = false;  // the browser closed its sending side before the head
  bool has_events_ = false;       // of the service
  std::string last_id_;           // in its wire form
  absl::Time accepted_at_ = absl::InfiniteFuture();  // by the service
  absl::Time last_activity_;
  size_t unreleased_bytes_ = 0;  // of messages, taken while the browser was behind
};

}  // namespace sluice
