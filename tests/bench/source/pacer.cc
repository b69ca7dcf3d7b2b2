// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source/pacer.h"

#include <algorithm>

#include "tests/bench/net/socket.h"

namespace sluice::bench {

void Pacer::Add(const std::shared_ptr<Feed>& feed) {
  // A multiplicative hash of the order of arrival: neighbours land far apart.
  const double phase = static_cast<double>(++added_ * 2654435761u % 1000) / 1000.0;
  const auto wait = static_cast<int64_t>(phase * static_cast<double>(feed->period_ns()));
  turns_.push({NowNs() + wait, feed});
}

void Pacer::RunDue() {
  while (!turns_.empty()) {
    const int64_t now = NowNs();
    if (turns_.top().due_ns > now) return;
    Turn turn = turns_.top();
    turns_.pop();
    const std::shared_ptr<Feed> feed = turn.feed.lock();
    if (feed == nullptr) continue;
    feed->Tick(now);
    if (feed->finished()) continue;
    // A source that was kept from running for long does not make up for more than one period.
    turn.due_ns = std::max(turn.due_ns + feed->period_ns(), now - feed->period_ns());
    turns_.push(std::move(turn));
  }
}

}  // namespace sluice::bench
