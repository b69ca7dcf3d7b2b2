// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sluice {

// Lines on their way to a descriptor that nobody may be reading: a thread of its own writes them,
// so that whoever has something to say never waits.
//
// In ⇒ Out:  Push ⇒ bytes on the descriptor, in the order of the calls.
// Bounds:    `max_bytes` of lines that wait; one that does not fit is lost and counted, and when
//            there is room again one line tells how many were.
// Ownership: the thread keeps what it needs, and outlives the queue where the descriptor blocks.
// Threads:   any.
// Errors:    a descriptor that is broken loses every line, counted.
class LineQueue final {
 public:
  struct Options {
    int fd = 2;  // not owned
    size_t max_bytes = 1024 * 1024;
    // The line that tells that so many were lost; null: none is written.
    absl::AnyInvocable<std::string(uint64_t lost)> lost_line;
  };

  explicit LineQueue(Options options);
  // Waits kLastWait at most for what is not written yet.
  ~LineQueue();
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  static constexpr absl::Duration kLastWait = absl::Milliseconds(200);

  // `line` ends with LF.
  void Push(absl::string_view line);

  // True when all that was pushed before is written or lost; false after `timeout`.
  bool Flush(absl::Duration timeout);

  uint64_t lost() const;

 private:
  struct State;

  static void Write(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;
};

}  // namespace sluice
