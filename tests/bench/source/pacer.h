// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "tests/bench/source/feed.h"

namespace sluice::bench {

// Calls Feed::Tick of every paced feed when its time has come. The streams are spread over their
// period, as unrelated streams are; otherwise a thousand of them would send in one burst.
//
// Ownership: feeds belong to their connections; a feed that is gone is dropped at its next turn.
// Threads:   one.
class Pacer final {
 public:
  void Add(const std::shared_ptr<Feed>& feed);
  // Everything that is due; afterwards no feed is due before NextNs().
  void RunDue();
  // Negative: nothing is planned.
  int64_t NextNs() const { return turns_.empty() ? -1 : turns_.top().due_ns; }

 private:
  struct Turn {
    int64_t due_ns;
    std::weak_ptr<Feed> feed;
    bool operator<(const Turn& other) const { return due_ns > other.due_ns; }
  };

  std::priority_queue<Turn> turns_;
  uint64_t added_ = 0;
};

}  // namespace sluice::bench
