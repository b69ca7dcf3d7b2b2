// SPDX-License-Identifier: Apache-2.0
#pragma once

// GCC 12 in C++20 mode: Boost 1.74's awaitable.hpp uses std::exchange without including this.
#include <utility>
// What comes first must come first.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gateway/base/loop/fd_watch.h"
#include "gateway/base/loop/loop.h"

namespace sluice {

// The descriptors that a loop watches, in an epoll set of their own, which Boost.Asio watches as
// one descriptor. A descriptor of Boost.Asio's costs half a kilobyte and a system call a wait;
// there may be ten thousand that wait for nothing but their end.
//
// Bounds:    tells kEventsPerTurn at a time, then lets the loop do something else.
// Threads:   its loop's.
class WatchSet final {
 public:
  explicit WatchSet(boost::asio::io_context& io);
  ~WatchSet();
  WatchSet(const WatchSet&) = delete;
  WatchSet& operator=(const WatchSet&) = delete;

  void Add(FdWatch& watch);
  void Remove(FdWatch& watch);
  // What `watch` wants has changed.
  void Update(FdWatch& watch);

 private:
  static constexpr size_t kEventsPerTurn = 64;

  void Control(FdWatch& watch, int operation);
  void AwaitTurn();
  void Turn();
  void Tell(FdWatch& watch, uint32_t events);
  bool Call(FdWatch& watch, FdWatch::Event event);
  void TellUnwatchable();

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor epoll_;
  std::array<epoll_event, kEventsPerTurn> events_;
  size_t next_event_ = 0;
  size_t event_count_ = 0;
  FdWatch* telling_ = nullptr;         // until it is destroyed
  std::vector<FdWatch*> unwatchable_;  // the kernel did not take them
};

// What Boost.Asio is to a loop. Only loop.cc and fd_watch.cc include this.
struct Loop::Reactor {
  boost::asio::io_context io{1};  // one thread runs it: spares locks, posts from others still work
  boost::asio::steady_timer timer{io};
  absl::Time timer_due = absl::InfiniteFuture();
  WatchSet watches{io};
};

}  // namespace sluice
