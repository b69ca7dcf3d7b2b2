// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/loop/fd.h"
#include "tests/bench/net/event_loop.h"

namespace sluice::bench {

struct FanOutOptions {
  // The source's port of plain Server-Sent Events.
  std::string upstream;
  // Events that a subscriber who comes back is sent at once.
  size_t history_events = 100;
};

// Sends each event of one stream to every subscriber: a send an event a subscriber, of bytes that
// came ready-made, and nothing else. It is what the kernel charges for a delivery, and so what
// cannot be beaten while each event is sent alone.
//
// In:      GETs; the first opens the one upstream stream, with its own path and query.
// Out:     a head, the history if the GET has a Last-Event-ID (whatever it says), then the
//          upstream's chunks as they came.
// Bounds:  a request of 16 KiB; 256 KiB of upstream bytes. A subscriber whose socket is full misses
//          events, and nobody waits for it.
// Threads: one.
// Errors:  a broken subscriber is closed; a broken upstream ends the process.
class FanOut final {
 public:
  FanOut(EventLoop& loop, FanOutOptions options);

  void Accept(const Fd& listener);
  // True when SendOne has something to do.
  bool has_event() const { return NextEventBytes() > 0; }
  // The oldest event that was not sent yet, to everybody.
  void SendOne();

 private:
  struct Subscriber {
    Fd fd;
    std::string request;
    bool subscribed = false;
    // What is left of an event that the socket took only a part of.
    std::string rest;
  };

  void OnReady(int fd, uint32_t events);
  // False: the subscriber is over.
  bool ReadRequest(Subscriber& subscriber);
  void Subscribe(Subscriber& subscriber);
  void Send(Subscriber& subscriber, std::string_view bytes);
  void Close(int fd);

  void OpenUpstream(const std::string& target);
  void ReadUpstream();
  // The size of the whole chunk at the front of what was received; 0: it is not complete.
  size_t NextEventBytes() const;
  void Remember(std::string_view event);

  EventLoop& loop_;
  const FanOutOptions options_;
  // By descriptor.
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
  size_t subscribed_ = 0;

  Fd upstream_;
  std::string upstream_request_;
  bool upstream_has_head_ = false;
  std::string received_;
  size_t sent_bytes_ = 0;

  std::string history_;
  std::deque<size_t> history_sizes_;
};

}  // namespace sluice::bench
