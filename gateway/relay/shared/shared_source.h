// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/weak_self.h"
#include "gateway/relay/shared/topic_directory.h"

namespace sluice {

class Stream;

// The source of a shared stream: a place in a topic.
//
// In ⇒ Out:  the topic's window, and what happens to it ⇒ the stream's body, which the window's log
//            goes out through.
// Bounds:    a browser that is behind costs its place and what is left of one piece; what happens
//            when the log has forgotten the place is the route's choice (`share.slow`).
// Ownership: its stream's.
// Threads:   its stream's.
class SharedSource final {
 public:
  explicit SharedSource(Stream& stream) : stream_(stream) {}
  SharedSource(const SharedSource&) = delete;
  SharedSource& operator=(const SharedSource&) = delete;

  // What the stream calls.
  void Start();        // asks for a place
  void OnGraceOver();  // the service has not answered in the time that a browser waits for the head
  void OnTimer() {}
  void OnBeat() {}
  void OnAttention(Body::Need need);
  void Stop();  // nothing more is said, and the place is given up

  // What only a stream that has not begun needs, and keeps for its source.
  struct Opening {
    LogStart start;
    uint64_t ticket = 0;  // at the window
    bool grace_over = false;
  };

 private:
  // What only a stream needs that has lost its place, as few ever do.
  struct Behind {
    uint64_t at = 0;  // it goes on from here
    std::string id;   // that it sent last; of SKIP
  };

  void OnPlaced(TopicDirectory::Place place);
  void OnSettled();
  void OpenStream();
  void FindPlaceAgain(LogStart& start);
  void GoOnAt(uint64_t position);
  void OnLost(uint64_t at);
  void SkipAhead();
  std::string GapEvent(absl::string_view from, absl::string_view to, absl::string_view reason);
  void CatchUp();
  void OnNewest(LatestEvents::Batch batch);
  void OnTopicEnd();
  bool conflates() const;

  Stream& stream_;
  std::shared_ptr<TopicWindow> window_;
  Subscription subscription_;
  std::unique_ptr<Behind> behind_;  // null while it is attached to the log
  WeakSelf<SharedSource> weak_self_;
};

}  // namespace sluice
