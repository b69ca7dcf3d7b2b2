// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/hub/event_log.h"

namespace sluice {

// The newest event of each key: what a subscriber gets that is too slow for all of them.
//
// In:        every event's key and position, in order.
// Out:       frames, in the order of their last change.
// Bounds:    `max_bytes` of frames and keys that the log has forgotten; then the key that has not
//            changed for the longest time goes.
// Ownership: frames are in the log until it forgets them, and copied here then.
// Threads:   one, its topic's home.
class LatestEvents final {
 public:
  explicit LatestEvents(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  void Note(absl::string_view key, uint64_t position);
  // The log is about to forget the entry at `position`.
  void Keep(uint64_t position, absl::string_view frame);

  struct Batch {
    std::string frames;
    size_t events = 0;      // that `frames` are
    uint64_t next = 0;      // go on from here
    bool complete = false;  // nothing is left between `next` and what the log has
    bool lost = false;      // a key that changed after `from` is not known any more
  };
  // The newest events of the keys that changed at `from` or later, up to `max_bytes` or one more.
  Batch Collect(uint64_t from, size_t max_bytes, const EventLog& log) const;

 private:
  struct Newest {
    std::string key;
    std::string kept;  // the frame, once the log has forgotten it
  };

  void Drop();

  const uint64_t max_bytes_;
  std::map<uint64_t, Newest> by_position_;
  absl::flat_hash_map<std::string, uint64_t> position_by_key_;
  uint64_t kept_bytes_ = 0;
  uint64_t lost_before_ = 0;  // a key was dropped whose newest event began before
};

}  // namespace sluice
