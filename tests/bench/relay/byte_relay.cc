// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/relay/byte_relay.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

bool MayComeLater(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS);
}

}  // namespace

RelayedConnection::RelayedConnection(Fd downstream, const std::string& upstream,
                                     Surroundings surroundings)
    : around_(std::move(surroundings)) {
  downstream_.fd = std::move(downstream);
  upstream_.fd = StartConnect(upstream);
  downstream_.watched_for = EPOLLIN;
  upstream_.watched_for = EPOLLIN;
  around_.loop.Watch(downstream_.fd.get(), EPOLLIN, [this](uint32_t) { OnReady(); });
  around_.loop.Watch(upstream_.fd.get(), EPOLLIN, [this](uint32_t) { OnReady(); });
}

RelayedConnection::~RelayedConnection() {
  around_.loop.Forget(downstream_.fd.get());
  around_.loop.Forget(upstream_.fd.get());
}

void RelayedConnection::OnReady() {
  if (Move(upstream_, downstream_) && Move(downstream_, upstream_)) {
    WatchFor(upstream_, downstream_);
    WatchFor(downstream_, upstream_);
    return;
  }
  const auto closed = around_.closed;
  closed();
}

bool RelayedConnection::Move(Side& from, Side& to) {
  if (to.waiting.empty()) {
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = ::recv(from.fd.get(), buffer.data(), buffer.size(), 0);
    if (size == 0) return false;
    if (size < 0) return MayComeLater(size);
    const ssize_t sent =
        ::send(to.fd.get(), buffer.data(), static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !MayComeLater(sent)) return false;
    const size_t taken = sent < 0 ? 0 : static_cast<size_t>(sent);
    to.waiting.assign(buffer.data() + taken, static_cast<size_t>(size) - taken);
    return true;
  }
  const ssize_t sent =
      ::send(to.fd.get(), to.waiting.data(), to.waiting.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return MayComeLater(sent);
  to.waiting.erase(0, static_cast<size_t>(sent));
  return true;
}

void RelayedConnection::WatchFor(Side& side, const Side& other) {
  const uint32_t events =
      (other.waiting.empty() ? EPOLLIN : 0u) | (side.waiting.empty() ? 0u : EPOLLOUT);
  if (std::exchange(side.watched_for, events) != events) {
    around_.loop.Change(side.fd.get(), events);
  }
}

}  // namespace sluice::bench
