// SPDX-License-Identifier: Apache-2.0
#pragma once

// GCC 12 in C++20 mode: Boost 1.74's awaitable.hpp uses std::exchange without including this.
#include <utility>
// What comes first must come first.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "gateway/base/loop.h"

namespace sluice {

// What Boost.Asio is to a loop. Only loop.cc and fd_watch.cc include this.
struct Loop::Reactor {
  boost::asio::io_context io{1};  // one thread runs it: spares locks, posts from others still work
  boost::asio::steady_timer timer{io};
  absl::Time timer_due = absl::InfiniteFuture();
};

}  // namespace sluice
