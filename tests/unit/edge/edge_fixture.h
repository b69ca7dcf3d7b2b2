// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/base/bytes/body.h"
#include "gateway/base/loop/fd.h"
#include "gateway/base/loop/loop.h"
#include "gateway/base/observe/metrics.h"
#include "gateway/edge/connection_pool.h"
#include "tests/support/fake_clock.h"
#include "tests/support/told.h"

namespace sluice {

// The browser's end of a connection.
class Browser final {
 public:
  explicit Browser(Fd fd) : fd_(std::move(fd)) {}

  void Send(absl::string_view bytes) {
    ASSERT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void CloseSendingSide() { ::shutdown(fd_.get(), SHUT_WR); }
  void Close() { fd_.Close(); }

  // What there is now, at most `max_bytes`.
  std::string Read(size_t max_bytes = size_t{1} << 30) {
    std::string bytes;
    std::vector<char> buffer(64 * 1024);
    while (bytes.size() < max_bytes) {
      const size_t wanted = std::min(buffer.size(), max_bytes - bytes.size());
      const ssize_t n = ::recv(fd_.get(), buffer.data(), wanted, MSG_DONTWAIT);
      if (n == 0) saw_end_ = true;
      if (n < 0 && errno == ECONNRESET) saw_end_ = saw_reset_ = true;
      if (n <= 0) break;
      bytes.append(buffer.data(), static_cast<size_t>(n));
    }
    return bytes;
  }
  // The gateway said that nothing more comes.
  bool SawEnd() {
    Read();
    return saw_end_;
  }
  // The gateway has closed its socket, and not only its sending side.
  bool IsClosed() {
    pollfd polled{fd_.get(), 0, 0};
    return ::poll(&polled, 1, 0) == 1 && (polled.revents & POLLHUP) != 0;
  }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
  bool saw_end_ = false;
  bool saw_reset_ = false;
};

// A pool whose browsers are at the other ends of socketpairs, and a clock that stands still.
class EdgeFixture : public ::testing::Test {
 protected:
  static constexpr absl::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

  ConnectionPool& pool() {
    if (pool_ == nullptr) {
      pool_ = std::make_unique<ConnectionPool>(loop_, metrics_, options_,
                                               [this](std::unique_ptr<Exchange> exchange) {
                                                 exchanges_.push_back(std::move(exchange));
                                               });
    }
    return *pool_;
  }

  struct Pair {
    Fd ours, theirs;
  };
  static Pair SocketPair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    return {Fd(fds[0]), Fd(fds[1])};
  }

  Browser Connect(int send_buffer_bytes = 0) {
    Pair pair = SocketPair();
    if (send_buffer_bytes > 0) {
      ::setsockopt(pair.ours.get(), SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes,
                   sizeof(send_buffer_bytes));
    }
    pool().Adopt(std::move(pair.ours), "192.0.2.7");
    return Browser(std::move(pair.theirs));
  }
  Browser ConnectAndSend(absl::string_view bytes) {
    Browser browser = Connect();
    browser.Send(bytes);
    Turn();
    return browser;
  }

  void Turn() { loop_.RunReady(); }
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    Turn();
  }
  // What `browser` reads from now on until nothing comes any more.
  std::string ReadAll(Browser& browser) {
    std::string all;
    for (std::string some = browser.Read(); !some.empty(); some = browser.Read()) {
      all += some;
      Turn();
    }
    return all;
  }

  Exchange& exchange() { return *exchanges_.back(); }
  void Respond(int status, std::string body) {
    Response response;
    response.head.status = status;
    response.body = std::move(body);
    exchange().Respond(std::move(response));
  }
  void StartBody(Body& body) {
    ResponseHead head;
    head.headers.Add("content-type", "text/event-stream");
    exchange().StartBody(std::move(head), body);
  }
  // One that nobody attends to, and that lives as long as the fixture.
  Body& AddBody() { return bodies_.emplace_back(Body::Attention()); }
  static void Publish(Body& body, absl::string_view bytes) {
    body.Append(bytes);
    body.Publish();
  }
  // Remembers in told_ what the newest exchange is told.
  void Listen() {
    Listen([this](Exchange::Event event) { told_ += NameOf(event) + " "; });
  }
  void Listen(std::function<void(Exchange::Event)> told) {
    listeners_.push_back(std::make_unique<Told<Exchange::Event>>(std::move(told)));
    exchange().SetListener(listeners_.back()->call());
  }
  static std::string NameOf(Exchange::Event event) {
    const char* const names[] = {"half_closed", "gone", "finished"};
    return names[static_cast<size_t>(event)];
  }

  FakeClock clock_;
  Loop loop_{clock_};
  Metrics metrics_;
  ConnectionPool::Options options_;  // to be changed before the first use of pool()
  std::string told_;
  std::deque<Body> bodies_;
  std::unique_ptr<ConnectionPool> pool_;
  std::vector<std::unique_ptr<Told<Exchange::Event>>> listeners_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace sluice
