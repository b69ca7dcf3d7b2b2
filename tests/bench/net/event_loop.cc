// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/net/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "tests/bench/net/socket.h"

namespace sluice::bench {

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_.valid()) Die("epoll_create1");
}

void EventLoop::Watch(int fd, uint32_t events, Ready ready) {
  watched_[fd] = std::make_shared<Ready>(std::move(ready));
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl add");
}

void EventLoop::Change(int fd, uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) Die("epoll_ctl mod");
}

void EventLoop::Forget(int fd) {
  if (watched_.erase(fd) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::RunOnce(int64_t until_ns) {
  std::array<epoll_event, 512> events;
  timespec wait{};
  if (until_ns >= 0) {
    const int64_t left = std::max<int64_t>(0, until_ns - NowNs());
    wait = {.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  }
  const int ready = ::epoll_pwait2(epoll_.get(), events.data(), events.size(),
                                   until_ns >= 0 ? &wait : nullptr, nullptr);
  for (int i = 0; i < ready; ++i) {
    const auto found = watched_.find(events[i].data.fd);
    if (found == watched_.end()) continue;
    // The callback may forget its own descriptor: the copy keeps it alive while it runs.
    const std::shared_ptr<Ready> callback = found->second;
    (*callback)(events[i].events);
  }
}

}  // namespace sluice::bench
