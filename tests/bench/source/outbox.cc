// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source/outbox.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace sluice::bench {

bool Outbox::Fill(Refill refill) {
  size_t before = 0;
  do {
    before = out_.size();
    if (!refill(out_)) return false;
  } while (out_.size() > before && out_.size() < kMaxBytes);
  return true;
}

bool Outbox::Flush(Refill refill) {
  for (;;) {
    if (out_.size() < kMaxBytes && !Fill(refill)) return false;
    if (out_.empty()) break;
    const ssize_t sent =
        ::send(fd_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return false;
    sent_ += sent < 0 ? 0 : static_cast<size_t>(sent);
    if (sent_ < out_.size()) {
      if (!std::exchange(waits_for_room_, true)) loop_.Change(fd_.get(), EPOLLIN | EPOLLOUT);
      return true;
    }
    out_.clear();
    sent_ = 0;
  }
  if (std::exchange(waits_for_room_, false)) loop_.Change(fd_.get(), EPOLLIN);
  return true;
}

}  // namespace sluice::bench
