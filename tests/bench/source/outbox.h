// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"

namespace sluice::bench {

// What a connection has made and the kernel has not taken yet.
//
// Bounds:  asks for no more once kMaxBytes wait.
// Threads: one.
class Outbox final {
 public:
  // Watches `fd`, which `loop` watches already, for room as long as there is none.
  Outbox(EventLoop& loop, const Fd& fd) : loop_(loop), fd_(fd) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Appends to its argument: nothing when there is nothing more for now. False: the connection is
  // over.
  using Refill = absl::FunctionRef<bool(std::string& out)>;

  // Sends until `refill` has nothing more or the kernel no room. False: the connection is over.
  bool Flush(Refill refill);

  // Something is left for when there is room.
  bool waits() const { return waits_for_room_; }

 private:
  static constexpr size_t kMaxBytes = 64 * 1024;

  bool Fill(Refill refill);

  EventLoop& loop_;
  const Fd& fd_;
  std::string out_;
  size_t sent_ = 0;  // of out_
  bool waits_for_room_ = false;
};

}  // namespace sluice::bench
