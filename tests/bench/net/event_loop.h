// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "gateway/base/loop/fd.h"

namespace sluice::bench {

// Tells which sockets are ready, by epoll. The tools of the benchmarks share nothing with the
// gateway's own loop, so that they cannot be slow, or wrong, in the same way.
//
// Bounds:  one registration a descriptor.
// Threads: one.
class EventLoop final {
 public:
  using Ready = std::function<void(uint32_t events)>;

  EventLoop();

  // REQUIRES: `fd` is not watched yet. `ready` may call anything here, Forget(fd) included.
  void Watch(int fd, uint32_t events, Ready ready);
  void Change(int fd, uint32_t events);
  // To be called before the descriptor is closed.
  void Forget(int fd);

  // Waits until a descriptor is ready or CLOCK_MONOTONIC reaches `until_ns`, and serves what is
  // ready. A negative `until_ns` waits without an end.
  void RunOnce(int64_t until_ns);

 private:
  Fd epoll_;
  std::unordered_map<int, std::shared_ptr<Ready>> watched_;
};

}  // namespace sluice::bench
