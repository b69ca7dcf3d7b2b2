// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gateway/base/loop/loop.h"

namespace sluice {

// Does many things evenly over a time, in the order given: the goodbyes of a gateway that goes
// down, so that browsers do not all come to the next one at once.
//
// Bounds:  does what is due every kStep; after a pause of the loop, all that has become due.
// Threads: its loop's.
class PacedCalls final {
 public:
  static constexpr absl::Duration kStep = absl::Milliseconds(20);

  // `loop` must outlive the farewell.
  explicit PacedCalls(Loop& loop) : loop_(loop), timer_(loop.timers(), [this] { Go(); }) {}
  PacedCalls(const PacedCalls&) = delete;
  PacedCalls& operator=(const PacedCalls&) = delete;

  // Each of `goodbyes` is called once; what it is for may be gone by then. Without a `window`, all
  // are called before this returns. A second call replaces what is left of the first.
  void Begin(std::vector<absl::AnyInvocable<void()>> goodbyes, absl::Duration window) {
    goodbyes_ = std::move(goodbyes);
    said_ = 0;
    begin_ = loop_.clock().Now();
    window_ = window;
    Go();
  }

 private:
  void Go() {
    const absl::Duration passed = loop_.clock().Now() - begin_;
    size_t due = goodbyes_.size();
    if (passed < window_) {
      // Each in the middle of its share, so that those of several loops do not meet at the end.
      due = static_cast<size_t>(
          absl::FDivDuration(passed, window_) * static_cast<double>(goodbyes_.size()) + 0.5);
    }
    while (said_ < due) goodbyes_[said_++]();
    if (said_ < goodbyes_.size()) timer_.Arm(kStep);
  }

  Loop& loop_;
  Timer timer_;
  std::vector<absl::AnyInvocable<void()>> goodbyes_;
  size_t said_ = 0;
  absl::Time begin_;
  absl::Duration window_;
};

}  // namespace sluice
