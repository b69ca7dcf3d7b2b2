// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace sluice {

// A gap of a topic's log, as it is told to every subscriber.
struct Gap {
  std::string from;  // the id before it; empty: not known
  std::string to;    // the id that a subscriber holds after it; empty: not known
  absl::string_view reason;
};

// Where the events of a topic come from: whoever makes its RPC, and knows what a frame looks like.
// What comes of the RPC it tells the topic: Accepted, Tail and AppendTail, Ended.
//
// Ownership: owned by its topic.
// Threads:   the topic's home. Nothing is called from inside Accepted or AppendTail.
class TopicSource {
 public:
  virtual ~TopicSource() = default;

  // The RPC is to begin; after the event `resume_after`, if that is not empty. True if the service
  // was told so.
  virtual bool Open(absl::string_view resume_after) = 0;

  // The RPC is to end, if there is one. May be called from inside Ended.
  virtual void Close() = 0;

  // The frames that the topic adds of its own; empty where this form of the stream has none. `id`
  // is the frame's.
  virtual std::string GapFrame(const Gap& gap, absl::string_view id) = 0;
  virtual std::string PresenceFrame(size_t subscribers) = 0;
};

}  // namespace sluice
