// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/loop/fd_watch.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/base/loop/reactor.h"
// Needs <utility> before it; see reactor.h.
#include <boost/asio/post.hpp>

// A callback mostly waits again for what it was told, so the kernel is only told what is wanted
// when the callback has returned, and only if that has changed.

namespace sluice {
namespace {

// The kernel tells these whether they are wanted or not.
constexpr uint32_t kBroken = EPOLLERR | EPOLLHUP;

int MakeEpoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

WatchSet::WatchSet(boost::asio::io_context& io) : io_(io), epoll_(io, MakeEpoll()) { AwaitTurn(); }

WatchSet::~WatchSet() = default;

void WatchSet::AwaitTurn() {
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (!error) Turn();
                    });
}

void WatchSet::Turn() {
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  event_count_ = count > 0 ? static_cast<size_t>(count) : 0;
  for (next_event_ = 0; next_event_ < event_count_;) {
    const epoll_event& event = events_[next_event_++];
    if (event.data.ptr != nullptr) Tell(*static_cast<FdWatch*>(event.data.ptr), event.events);
  }
  event_count_ = 0;
  AwaitTurn();
}

void WatchSet::Add(FdWatch& watch) {
  Control(watch, EPOLL_CTL_ADD);
  if (watch.in_set_) return;
  // The kernel has no room for another watch: to its owner that is a descriptor of no use.
  unwatchable_.push_back(&watch);
  if (unwatchable_.size() == 1) boost::asio::post(io_, [this] { TellUnwatchable(); });
}

void WatchSet::TellUnwatchable() {
  while (!unwatchable_.empty()) {
    FdWatch& watch = *unwatchable_.back();
    unwatchable_.pop_back();
    watch.broken_ = true;
    Call(watch, FdWatch::Event::kBroken);
  }
}

void WatchSet::Remove(FdWatch& watch) {
  if (watch.in_set_) Control(watch, EPOLL_CTL_DEL);
  if (telling_ == &watch) telling_ = nullptr;
  std::erase(unwatchable_, &watch);
  for (size_t i = next_event_; i < event_count_; ++i) {
    if (events_[i].data.ptr == &watch) events_[i].data.ptr = nullptr;
  }
}

void WatchSet::Update(FdWatch& watch) {
  if (watch.being_told_ || (watch.in_set_ && watch.watched_ == watch.wanted_)) return;
  Control(watch, watch.in_set_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD);
}

void WatchSet::Control(FdWatch& watch, int operation) {
  epoll_event event{};
  event.events = watch.wanted_;
  event.data.ptr = &watch;
  const bool done = ::epoll_ctl(epoll_.native_handle(), operation, watch.fd_, &event) == 0;
  if (operation == EPOLL_CTL_DEL) {
    watch.in_set_ = false;
  } else if (done) {
    watch.in_set_ = true;
    watch.watched_ = watch.wanted_;
  }
}

void WatchSet::Tell(FdWatch& watch, uint32_t events) {
  const bool broken = (events & kBroken) != 0;
  watch.being_told_ = true;
  if (broken && !std::exchange(watch.broken_, true)) {
    if (!Call(watch, FdWatch::Event::kBroken)) return;
  }
  if ((events & (EPOLLOUT | kBroken)) != 0 && (watch.wanted_ & EPOLLOUT) != 0) {
    watch.wanted_ &= ~uint32_t{EPOLLOUT};
    if (!Call(watch, FdWatch::Event::kWritable)) return;
  }
  if ((events & (EPOLLIN | kBroken)) != 0 && (watch.wanted_ & EPOLLIN) != 0) {
    watch.wanted_ &= ~uint32_t{EPOLLIN};
    if (!Call(watch, FdWatch::Event::kReadable)) return;
  }
  watch.being_told_ = false;
  // A descriptor that is broken is told for ever: not while nobody wants to know.
  if (broken && watch.wanted_ == 0) {
    Control(watch, EPOLL_CTL_DEL);
  } else {
    Update(watch);
  }
}

// False if the callback has destroyed the watch.
bool WatchSet::Call(FdWatch& watch, FdWatch::Event event) {
  FdWatch* const before = std::exchange(telling_, &watch);
  watch.callback_(event);
  const bool alive = telling_ == &watch;
  telling_ = before;
  return alive;
}

FdWatch::FdWatch(Loop& loop, int fd, Callback callback)
    : loop_(loop), callback_(callback), fd_(fd) {
  loop_.reactor_->watches.Add(*this);
}

FdWatch::~FdWatch() { loop_.reactor_->watches.Remove(*this); }

void FdWatch::WaitReadable() {
  wanted_ |= EPOLLIN;
  loop_.reactor_->watches.Update(*this);
}

void FdWatch::WaitWritable() {
  wanted_ |= EPOLLOUT;
  loop_.reactor_->watches.Update(*this);
}

}  // namespace sluice
