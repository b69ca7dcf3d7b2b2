// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"
#include "tests/bench/source/feed.h"

namespace sluice::bench {

// Posts the messages of a feed over one connection that is kept, one request a message, without
// waiting for answers: how a service feeds a server that is published to.
//
// In:      a feed whose bytes are whole requests (EncodePost).
// Bounds:  64 KiB of requests wait here.
// Threads: one.
// Errors:  an answer that is not 2xx, or a broken connection, ends the process.
class Publisher final {
 public:
  Publisher(const std::string& address, Feed& feed, EventLoop& loop);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

 private:
  void OnReady(uint32_t events);
  void ReadAnswers();
  void Flush();

  EventLoop& loop_;
  Feed& feed_;
  Fd fd_;
  std::string answers_;
  std::string out_;
  size_t out_offset_ = 0;
  bool connected_ = false;
  bool waits_for_room_ = true;
};

// The request that publishes a message as an event at /pub.
std::string EncodePost(const ::bench::v1::Tick& tick);

}  // namespace sluice::bench
