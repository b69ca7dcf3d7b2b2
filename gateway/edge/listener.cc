// SPDX-License-Identifier: Apache-2.0
#include "gateway/edge/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/loop/fd.h"
#include "gateway/base/loop/fd_watch.h"
#include "gateway/base/observe/log.h"
#include "gateway/edge/connection_pool.h"

namespace sluice {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

absl::StatusOr<std::vector<Address>> Resolve(const Listener::Options& options) {
  std::string host = options.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = absl::StrCat(options.port);
  const int error =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot listen on `", options.host,
                                                   "`: ", ::gai_strerror(error),
                                                   "; give an address or a name of this machine"));
  }
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address& address = addresses.emplace_back();
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
  }
  ::freeaddrinfo(found);
  // A name like `localhost` often has both: every client can use IPv4.
  std::stable_partition(addresses.begin(), addresses.end(), [](const Address& address) {
    return address.storage.ss_family == AF_INET;
  });
  return addresses;
}

void SetOption(int fd, int level, int option, int value) {
  // What an option of a socket cannot do is no reason to refuse a browser.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof(value)));
}

// Accepted sockets inherit these from the listening one, so they cost no call a connection.
void SetConnectionOptions(int fd) {
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // A browser that does not read holds this much in the kernel instead of megabytes.
  SetOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16 * 1024);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

absl::Status Failed(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

// Binds without SO_REUSEPORT, which fails where anybody listens, and lets go again.
absl::Status CheckFree(const Address& address) {
  const Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Failed("socket");
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  const auto* name = reinterpret_cast<const sockaddr*>(&address.storage);
  return ::bind(fd.get(), name, address.size) == 0 ? absl::OkStatus() : Failed("bind");
}

absl::StatusOr<Fd> BindOne(const Address& address, Listener::Place place) {
  if (place == Listener::Place::kFirst) {
    const absl::Status free = CheckFree(address);
    if (!free.ok()) return free;
  }
  Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Failed("socket");
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  SetConnectionOptions(fd.get());
  const auto* name = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::bind(fd.get(), name, address.size) != 0) return Failed("bind");
  if (::listen(fd.get(), kBacklog) != 0) return Failed("listen");
  return fd;
}

absl::StatusOr<Fd> Bind(const Listener::Options& options) {
  const absl::StatusOr<std::vector<Address>> addresses = Resolve(options);
  if (!addresses.ok()) return addresses.status();
  absl::Status last = absl::NotFoundError("no address");
  for (const Address& address : *addresses) {
    absl::StatusOr<Fd> fd = BindOne(address, options.place);
    if (fd.ok()) return fd;
    last = fd.status();
  }
  return absl::Status(last.code(), absl::StrCat("cannot listen on ", options.host, ":",
                                                options.port, ": ", last.message()));
}

std::string PeerAddress(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof(text));
  } else if (peer.ss_family == AF_INET6) {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      ::inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof(text));
    } else {
      ::inet_ntop(AF_INET6, &address, text, sizeof(text));
    }
  }
  return text;
}

uint16_t BoundPort(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace

class Listener::State final {
 public:
  State(Loop& loop, Fd fd, std::unique_ptr<ConnectionPool> pool, Counter& pauses)
      : port_(BoundPort(fd.get())),
        pool_(std::move(pool)),
        pauses_(pauses),
        fd_(std::move(fd)),
        watch_(
            std::make_unique<FdWatch>(loop, fd_.get(), FdWatch::Callback::Of<&State::OnFd>(*this))),
        pause_(loop.timers(), [this] { watch_->WaitReadable(); }) {
    watch_->WaitReadable();
  }

  uint16_t port() const { return port_; }
  ConnectionPool& pool() { return *pool_; }

  void StopAccepting() {
    pause_.Disarm();
    watch_.reset();
    fd_.Close();
    pool_->FinishUp();
  }

 private:
  enum class Accepted { kOne, kNone, kOutOfResources };

  void OnFd(FdWatch::Event event) {
    if (event == FdWatch::Event::kReadable) Accept();
  }

  void Accept() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      const Accepted accepted = AcceptOne();
      if (accepted == Accepted::kOutOfResources) {
        pauses_.Add();
        return pause_.Arm(kAcceptPause);
      }
      if (accepted == Accepted::kNone) break;
    }
    watch_->WaitReadable();
  }

  Accepted AcceptOne() {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    Fd fd(::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                    SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      pool_->Adopt(std::move(fd), PeerAddress(peer));
      return Accepted::kOne;
    }
    switch (errno) {
      case EAGAIN:
        return Accepted::kNone;
      case EINTR:
      case ECONNABORTED:
        return Accepted::kOne;  // that one is gone; the next may be there
      default:
        // Descriptors or memory ran out (or the network has an error of its own): waiting helps,
        // and closing the listener would help nobody. The queue stays readable, so no spinning.
        LogWarning(absl::StrCat("cannot accept a connection: ", std::strerror(errno),
                                "; trying again in ", absl::FormatDuration(kAcceptPause)));
        return Accepted::kOutOfResources;
    }
  }

  const uint16_t port_;
  const std::unique_ptr<ConnectionPool> pool_;
  Counter& pauses_;
  Fd fd_;
  std::unique_ptr<FdWatch> watch_;
  Timer pause_;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(Loop& loop, Metrics& metrics,
                                                         const Options& options,
                                                         ExchangeCallback on_request) {
  absl::StatusOr<Fd> fd = Bind(options);
  if (!fd.ok()) return fd.status();
  auto pool = std::make_unique<ConnectionPool>(
      loop, metrics,
      ConnectionPool::Options{.max_connections = options.max_connections,
                              .count = options.connection_count,
                              .connection = options.connection},
      std::move(on_request));
  return std::unique_ptr<Listener>(new Listener(std::make_unique<State>(
      loop, *std::move(fd), std::move(pool), metrics.GetCounter("edge_accept_pauses"))));
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

uint16_t Listener::port() const { return state_->port(); }
size_t Listener::connection_count() const { return state_->pool().connection_count(); }
void Listener::UseOrigins(std::shared_ptr<const OriginPolicy> origins) {
  state_->pool().UseOrigins(std::move(origins));
}
void Listener::StopAccepting() { state_->StopAccepting(); }

}  // namespace sluice
