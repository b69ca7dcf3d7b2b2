// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tcp_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace sluice {

TcpPeer::TcpPeer(int port) : TcpPeer(port, Options{}) {}

TcpPeer::TcpPeer(int port, const Options& options)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (options.receive_buffer_bytes > 0) {
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer_bytes, sizeof(int));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_EQ(result, 0) << "no connection to port " << port;
}

bool TcpPeer::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string TcpPeer::ReadSome(absl::Duration timeout) {
  pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  const auto wait_ms = static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(timeout)));
  if (::poll(&ready, 1, wait_ms) != 1) return "";
  char buffer[16 * 1024];
  const ssize_t size = ::recv(fd_.get(), buffer, sizeof buffer, 0);
  if (size > 0) return std::string(buffer, static_cast<size_t>(size));
  at_end_ = size == 0;
  was_reset_ = size < 0 && errno == ECONNRESET;
  return "";
}

std::string TcpPeer::ReadUntil(absl::string_view needle, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  std::string all;
  while (!absl::StrContains(all, needle)) {
    const std::string some = ReadSome(deadline - absl::Now());
    if (some.empty()) break;
    all += some;
  }
  return all;
}

std::string TcpPeer::ReadToEnd(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  std::string all;
  while (true) {
    const std::string some = ReadSome(deadline - absl::Now());
    if (some.empty()) return all;
    all += some;
  }
}

void TcpPeer::CloseSendingSide() { ::shutdown(fd_.get(), SHUT_WR); }

void TcpPeer::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  fd_.Close();
}

}  // namespace sluice
