// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/source/feed.h"
#include "tests/bench/source/outbox.h"
#include "tests/bench/source/pacer.h"

namespace sluice::bench {

// Sends the same streams as plain Server-Sent Events over HTTP/1.1, with no gateway: what the byte
// relay stands in front of.
//
// In:      GET with the fields of bench.v1.Request in the query, and `ids=1` for events with ids.
// Out:     chunks of one event each. `GET /calls` is answered with the number of streams so far.
// Bounds:  a head of 4 KiB; 64 KiB of output wait here.
// Threads: one.
// Errors:  anything unexpected closes the connection.
class TextConnection final {
 public:
  struct Surroundings {
    EventLoop& loop;
    Pacer& pacer;
    // Streams that were asked for so far, of all connections.
    int64_t& calls;
    // Called once, when the connection is over; may destroy it.
    std::function<void()> closed;
  };

  TextConnection(Fd fd, Surroundings surroundings);
  ~TextConnection();
  TextConnection(const TextConnection&) = delete;
  TextConnection& operator=(const TextConnection&) = delete;

 private:
  void OnReady(uint32_t events);
  // False: the connection is over.
  bool Receive();
  bool Flush();
  // False: what was asked for is answered, and the connection over.
  bool Start();

  Fd fd_;
  Surroundings around_;
  std::string head_;
  std::shared_ptr<Feed> feed_;
  std::string_view unsent_head_;
  Outbox outbox_;
};

}  // namespace sluice::bench
