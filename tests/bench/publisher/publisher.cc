// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/publisher/publisher.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/net/socket.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxOutBytes = 64 * 1024;
// The beginning of an answer; the first digit of its status comes next.
constexpr std::string_view kAnswer = "HTTP/1.1 ";

}  // namespace

std::string EncodePost(const ::bench::v1::Tick& tick) {
  const std::string json = EncodeJson(tick);
  return absl::StrCat("POST /pub HTTP/1.1\r\nHost: bench\r\nX-EventSource-Event: Tick\r\n",
                      "Content-Type: application/json\r\nContent-Length: ", json.size(), "\r\n\r\n",
                      json);
}

Publisher::Publisher(const std::string& address, Feed& feed, EventLoop& loop)
    : loop_(loop), feed_(feed), fd_(StartConnect(address)) {
  feed_.set_wake([this] { Flush(); });
  loop_.Watch(fd_.get(), EPOLLIN | EPOLLOUT, [this](uint32_t events) { OnReady(events); });
}

Publisher::~Publisher() { loop_.Forget(fd_.get()); }

void Publisher::OnReady(uint32_t events) {
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) ReadAnswers();
  if ((events & EPOLLOUT) == 0) return;
  connected_ = true;
  Flush();
}

void Publisher::ReadAnswers() {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size == 0 || (size < 0 && errno != EAGAIN)) Die("publishing");
  if (size < 0) return;
  answers_.append(buffer.data(), static_cast<size_t>(size));
  for (size_t at = answers_.find(kAnswer); at != std::string::npos;
       at = answers_.find(kAnswer, at + 1)) {
    const size_t status = at + kAnswer.size();
    if (status >= answers_.size() || answers_[status] == '2') continue;
    std::fprintf(stderr, "publishing: %s\n", answers_.substr(at, 200).c_str());
    std::exit(1);
  }
  // An answer may begin in what is kept.
  if (answers_.size() > kAnswer.size()) answers_.erase(0, answers_.size() - kAnswer.size());
}

void Publisher::Flush() {
  if (!connected_) return;
  for (;;) {
    std::array<char, 16 * 1024> buffer;
    while (out_.size() < kMaxOutBytes) {
      const size_t size = feed_.Read(buffer.data(), buffer.size());
      if (size == 0) break;
      out_.append(buffer.data(), size);
    }
    if (out_.empty()) break;
    const ssize_t sent = ::send(fd_.get(), out_.data() + out_offset_, out_.size() - out_offset_,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) Die("publishing");
    out_offset_ += sent < 0 ? 0 : static_cast<size_t>(sent);
    if (out_offset_ < out_.size()) {
      if (!std::exchange(waits_for_room_, true)) loop_.Change(fd_.get(), EPOLLIN | EPOLLOUT);
      return;
    }
    out_.clear();
    out_offset_ = 0;
  }
  if (std::exchange(waits_for_room_, false)) loop_.Change(fd_.get(), EPOLLIN);
}

}  // namespace sluice::bench
