// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bare/fan_out.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxRequestBytes = 16 * 1024;
constexpr size_t kReceiveBytes = 256 * 1024;
constexpr size_t kChunkEndBytes = 2;
constexpr char kHeadEnd[] = "\r\n\r\n";
constexpr char kResponseHead[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

}  // namespace

FanOut::FanOut(EventLoop& loop, FanOutOptions options)
    : loop_(loop), options_(std::move(options)) {}

void FanOut::Accept(const Fd& listener) {
  for (Fd fd = AcceptFrom(listener); fd.valid(); fd = AcceptFrom(listener)) {
    const int number = fd.get();
    if (static_cast<size_t>(number) >= subscribers_.size()) {
      subscribers_.resize(static_cast<size_t>(number) + 1);
    }
    auto subscriber = std::make_unique<Subscriber>();
    subscriber->fd = std::move(fd);
    subscribers_[static_cast<size_t>(number)] = std::move(subscriber);
    loop_.Watch(number, EPOLLIN, [this, number](uint32_t events) { OnReady(number, events); });
  }
}

void FanOut::OnReady(int fd, uint32_t events) {
  Subscriber& subscriber = *subscribers_[static_cast<size_t>(fd)];
  if ((events & EPOLLOUT) != 0) {
    loop_.Change(fd, EPOLLIN);
    Send(subscriber, std::exchange(subscriber.rest, {}));
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !ReadRequest(subscriber)) Close(fd);
}

bool FanOut::ReadRequest(Subscriber& subscriber) {
  char buffer[4096];
  const ssize_t size = ::recv(subscriber.fd.get(), buffer, sizeof buffer, 0);
  if (size < 0) return errno == EAGAIN;
  if (size == 0) return false;
  subscriber.request.append(buffer, static_cast<size_t>(size));
  if (subscriber.request.size() > kMaxRequestBytes) return false;
  if (!subscriber.subscribed && subscriber.request.find(kHeadEnd) != std::string::npos) {
    Subscribe(subscriber);
  }
  return true;
}

void FanOut::Subscribe(Subscriber& subscriber) {
  const std::string request = std::exchange(subscriber.request, {});
  subscriber.subscribed = true;
  // "GET /path?query HTTP/1.1"
  const size_t begin = request.find(' ') + 1;
  if (++subscribed_ == 1) {
    OpenUpstream(request.substr(begin, request.find(' ', begin) - begin));
  }
  if (absl::StrContains(absl::AsciiStrToLower(request), "\nlast-event-id:")) {
    Send(subscriber, absl::StrCat(kResponseHead, history_));
  } else {
    Send(subscriber, kResponseHead);
  }
}

void FanOut::SendOne() {
  const std::string_view event = std::string_view(received_).substr(sent_bytes_, NextEventBytes());
  for (const std::unique_ptr<Subscriber>& subscriber : subscribers_) {
    if (subscriber != nullptr && subscriber->subscribed) Send(*subscriber, event);
  }
  Remember(event);
  sent_bytes_ += event.size();
}

void FanOut::Send(Subscriber& subscriber, std::string_view bytes) {
  if (!subscriber.rest.empty()) return;
  const ssize_t sent =
      ::send(subscriber.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  // A socket that takes nothing at all misses the event; a broken one is closed when epoll says so.
  if (sent < 0 || static_cast<size_t>(sent) == bytes.size()) return;
  subscriber.rest = bytes.substr(static_cast<size_t>(sent));
  loop_.Change(subscriber.fd.get(), EPOLLIN | EPOLLOUT);
}

void FanOut::Close(int fd) {
  loop_.Forget(fd);
  const auto subscriber = std::move(subscribers_[static_cast<size_t>(fd)]);
  if (!subscriber->subscribed || --subscribed_ > 0) return;
  loop_.Forget(upstream_.get());
  upstream_.Close();
  received_.clear();
  sent_bytes_ = 0;
  history_.clear();
  history_sizes_.clear();
}

void FanOut::OpenUpstream(const std::string& target) {
  upstream_ = StartConnect(options_.upstream);
  upstream_request_ = absl::StrCat("GET ", target, " HTTP/1.1\r\n\r\n");
  upstream_has_head_ = false;
  loop_.Watch(upstream_.get(), EPOLLOUT, [this](uint32_t events) {
    if ((events & EPOLLOUT) == 0) return ReadUpstream();
    ::send(upstream_.get(), upstream_request_.data(), upstream_request_.size(), MSG_NOSIGNAL);
    loop_.Change(upstream_.get(), EPOLLIN);
  });
}

void FanOut::ReadUpstream() {
  // What was received is sent first: a source that is faster waits in its own socket.
  if (has_event()) return;
  received_.erase(0, std::exchange(sent_bytes_, 0));
  const size_t had = received_.size();
  received_.resize(had + kReceiveBytes);
  const ssize_t size = ::recv(upstream_.get(), received_.data() + had, kReceiveBytes, 0);
  received_.resize(had + (size > 0 ? static_cast<size_t>(size) : 0));
  if (size == 0 || (size < 0 && errno != EAGAIN)) Die("upstream");
  if (upstream_has_head_) return;
  const size_t head_end = received_.find(kHeadEnd);
  if (head_end == std::string::npos) return;
  upstream_has_head_ = true;
  received_.erase(0, head_end + sizeof kHeadEnd - 1);
}

size_t FanOut::NextEventBytes() const {
  if (!upstream_has_head_) return 0;
  const size_t line_end = received_.find('\n', sent_bytes_);
  if (line_end == std::string::npos) return 0;
  size_t chunk_bytes = 0;
  std::from_chars(received_.data() + sent_bytes_, received_.data() + line_end, chunk_bytes, 16);
  const size_t all = line_end + 1 - sent_bytes_ + chunk_bytes + kChunkEndBytes;
  return received_.size() - sent_bytes_ >= all ? all : 0;
}

void FanOut::Remember(std::string_view event) {
  history_.append(event);
  history_sizes_.push_back(event.size());
  if (history_sizes_.size() <= options_.history_events) return;
  history_.erase(0, history_sizes_.front());
  history_sizes_.pop_front();
}

}  // namespace sluice::bench
