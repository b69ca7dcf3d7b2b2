// SPDX-License-Identifier: Apache-2.0
#include "gateway/base/fd_watch.h"

#include <poll.h>

#include <optional>
#include <utility>

#include "gateway/base/reactor.h"
// Needs <utility> before it; see reactor.h.
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace sluice {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

// Boost.Asio's wait for errors also ends when the peer sends urgent bytes, which break nothing.
bool IsBroken(int fd) {
  pollfd polled{fd, 0, 0};
  return ::poll(&polled, 1, 0) == 1 && (polled.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

struct FdWatch::State final : std::enable_shared_from_this<FdWatch::State> {
  State(int watched, Callbacks told) : fd(watched), callbacks(std::move(told)) {}

  // Waits once, and calls `callback` unless the watch is gone or the wait was cancelled.
  void Wait(Descriptor::wait_type what, bool State::*waiting,
            absl::AnyInvocable<void()> Callbacks::*callback) {
    if (this->*waiting || !descriptor.has_value()) return;
    this->*waiting = true;
    descriptor->async_wait(what, [state = shared_from_this(), waiting,
                                  callback](const boost::system::error_code& error) {
      if (!state->descriptor.has_value()) return;
      state.get()->*waiting = false;
      if (error) return;
      if (waiting == &State::waiting_broken && !IsBroken(state->fd)) return;
      absl::AnyInvocable<void()>& call = state->callbacks.*callback;
      if (call != nullptr) call();
    });
  }

  const int fd;
  Callbacks callbacks;
  std::optional<Descriptor> descriptor;  // empty once the watch is gone
  bool waiting_readable = false;
  bool waiting_writable = false;
  bool waiting_broken = false;
};

FdWatch::FdWatch(Loop& loop, int fd, Callbacks callbacks)
    : state_(std::make_shared<State>(fd, std::move(callbacks))) {
  state_->descriptor.emplace(loop.reactor_->io);
  boost::system::error_code error;
  state_->descriptor->assign(fd, error);
  if (error) {
    // The kernel has no room for another watch: to its owner that is a descriptor of no use.
    loop.Post([state = state_] {
      if (state->descriptor.has_value() && state->callbacks.broken) state->callbacks.broken();
    });
    return;
  }
  state_->Wait(Descriptor::wait_error, &State::waiting_broken, &Callbacks::broken);
}

FdWatch::~FdWatch() {
  if (state_->descriptor->is_open()) state_->descriptor->release();
  state_->descriptor.reset();
}

void FdWatch::WaitReadable() {
  state_->Wait(Descriptor::wait_read, &State::waiting_readable, &Callbacks::readable);
}

void FdWatch::WaitWritable() {
  state_->Wait(Descriptor::wait_write, &State::waiting_writable, &Callbacks::writable);
}

}  // namespace sluice
