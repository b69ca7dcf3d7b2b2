// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/net/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "absl/strings/numbers.h"

namespace sluice::bench {
namespace {

sockaddr_in Parse(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  sockaddr_in parsed{};
  parsed.sin_family = AF_INET;
  errno = EINVAL;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &parsed.sin_addr) != 1) {
    Die("address (allowed: 127.0.0.1:8080) " + address);
  }
  parsed.sin_port = htons(static_cast<uint16_t>(port));
  return parsed;
}

void SendAtOnce(const Fd& fd) {
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The port is chosen at connect, where one may serve several destinations.
void BindTo(const std::string& source, const Fd& fd) {
  const sockaddr_in parsed = Parse(source + ":0");
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&parsed), sizeof parsed) != 0) {
    Die("come from " + source);
  }
}

Fd NewSocket() {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) Die("socket");
  return fd;
}

}  // namespace

void Die(std::string_view what) {
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(),
               std::strerror(errno));
  std::exit(1);
}

int64_t NowNs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void AllowManyDescriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Fd ListenOn(const std::string& address) {
  const sockaddr_in parsed = Parse(address);
  Fd fd = NewSocket();
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&parsed), sizeof parsed) != 0 ||
      ::listen(fd.get(), 4096) != 0) {
    Die("listen on " + address);
  }
  return fd;
}

Fd StartConnect(const std::string& address, const ConnectOptions& options) {
  const sockaddr_in parsed = Parse(address);
  Fd fd = NewSocket();
  SendAtOnce(fd);
  const int bytes = options.receive_buffer_bytes;
  if (bytes > 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  if (!options.source.empty()) BindTo(options.source, fd);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&parsed), sizeof parsed) != 0 &&
      errno != EINPROGRESS) {
    Die("connect to " + address);
  }
  return fd;
}

Fd AcceptFrom(const Fd& listener) {
  Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd.valid()) SendAtOnce(fd);
  return fd;
}

}  // namespace sluice::bench
