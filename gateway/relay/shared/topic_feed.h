// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/method_meter.h"
#include "gateway/hub/topic.h"
#include "gateway/relay/event_frame.h"
#include "gateway/relay/event_scratch.h"
#include "gateway/relay/own_events.h"
#include "gateway/relay/snapshot.h"
#include "gateway/upstream/upstream.h"

namespace sluice {

// How a route's shared streams behave, in the hub's terms.
TopicOptions TopicOptionsOf(const RoutePlan& plan, Format format);

// The RPC of one topic: its messages become the topic's frames.
//
// In ⇒ Out:  messages of the service ⇒ frames in the topic's log. Nothing is held back: a shared
//            stream has no reader that could make the service wait.
// Bounds:    none of its own; the log forgets.
// Ownership: owned by its topic. Keeps the snapshot that it began with.
// Threads:   the topic's home.
// Errors:    a message that has no JSON is a gap in the log, in its place, or the end of the topic:
//            `bad_message` of the route. Nothing partial is sent.
class TopicFeed final : public TopicSource, public Upstream::Observer {
 public:
  struct Request {
    std::shared_ptr<const Snapshot> snapshot;
    const RoutePlan* plan = nullptr;  // of the snapshot
    Format format = Format::kSse;
    bool unnamed_events = false;
    CallRequest call;
    // Of `call`, which then has none: the topic's key keeps the same one.
    std::shared_ptr<const std::string> message = nullptr;
  };

  // What the topics of one home have in common.
  struct Home {
    Loop& loop;
    EventScratch& scratch;
    LoopMeter& meter;
  };

  // All but the request must outlive the feed.
  TopicFeed(Request request, Topic& topic, const Home& home);
  ~TopicFeed() override;

  bool Open(absl::string_view resume_after) override;
  void Close() override { EndCall(absl::StatusCode::kCancelled); }
  std::string GapFrame(const Gap& gap, absl::string_view id) override;
  std::string PresenceFrame(size_t subscribers) override { return own_.Presence(subscribers); }

  void OnHeaders() override;
  void OnMessage(absl::string_view wire) override;
  void OnEnd(const RpcStatus& status) override;

 private:
  void EndCall(absl::StatusCode code);
  void EndTopic(const RpcStatus& status);
  absl::Status AppendEvent(absl::string_view wire);
  void AppendGapFor(absl::string_view wire);
  const StreamPolicy& policy() const { return plan_.route.policy; }

  const std::shared_ptr<const Snapshot> snapshot_;
  const RoutePlan& plan_;
  const EventForm form_;
  const CallRequest request_;  // but for its message
  const std::shared_ptr<const std::string> message_;
  Topic& topic_;
  const Home home_;
  OwnEvents own_;
  std::unique_ptr<Upstream::Call> call_;
};

}  // namespace sluice
