// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"

namespace sluice::bench {

// Carries the bytes of one connection to another address and back, and looks at none of them: the
// least that anything between a browser and a service can do.
//
// Bounds:  64 KiB wait in each direction; then the side that sends is not read.
// Threads: one.
// Errors:  when either side closes or fails, both are closed.
class RelayedConnection final {
 public:
  struct Surroundings {
    EventLoop& loop;
    // Called once, when the connection is over; may destroy it.
    std::function<void()> closed;
  };

  RelayedConnection(Fd downstream, const std::string& upstream, Surroundings surroundings);
  ~RelayedConnection();
  RelayedConnection(const RelayedConnection&) = delete;
  RelayedConnection& operator=(const RelayedConnection&) = delete;

 private:
  struct Side {
    Fd fd;
    // Bytes read from the other side that this one has not taken yet.
    std::string waiting;
    uint32_t watched_for = 0;
  };

  void OnReady();
  // False: one of the sides is over.
  static bool Move(Side& from, Side& to);
  void WatchFor(Side& side, const Side& other);

  Surroundings around_;
  Side downstream_;
  Side upstream_;
};

}  // namespace sluice::bench
